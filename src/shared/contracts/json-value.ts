import { z } from 'zod';

/** Any JSON value. Refers to itself, so API descriptions need a name for it. */
export const jsonValue = z.json().register(z.globalRegistry, { id: 'JsonValue' });
