#!/usr/bin/env node
import '../dist/amopd.js';
