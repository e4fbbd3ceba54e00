import { createContext } from 'react';

/** Which of several lists of a page this is about: what stands before its filters in the address. */
export const ListName = createContext('');
