import { VERSION } from '../shared/version.ts';
