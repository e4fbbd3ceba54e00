import { config } from 'zod';

// zod tries `new Function` while schemas are made, to see whether it may compile them; the pages' content security
// policy forbids that and reports the attempt. So this has to run before any schema exists: imported first.
config({ jitless: true });
