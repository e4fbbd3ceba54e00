import { createContext } from 'react';

/** Entity tag of the connection that the page shows. */
export const ConnectionTag = createContext('*');
