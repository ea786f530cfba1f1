#!/usr/bin/env node
// From the first moment on: a reload that comes while the program is loaded must not end it. The program takes over.
process.on('SIGHUP', () => undefined);
await import('../dist/amopd.js');
