#!/usr/bin/env node
import '../dist/amop.js';
