#!/usr/bin/env node
import '../dist/vsys.js';
