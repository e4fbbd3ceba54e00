#!/usr/bin/env node
import { launch } from './launch.js';

await launch('hub/mooring-hub.js');
