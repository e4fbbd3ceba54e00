import { z } from 'zod';

/**
 * What stands beside a copy of the command that was taken out of an app which is only there while it runs (an AppImage):
 * which app it belongs to. Written by the app, read by the command.
 */
export const commandNoteSchema = z.object({
  /** Path of the app's file. */
  app: z.string(),
  /** Version that the copy was taken from. */
  version: z.string(),
});
export type CommandNote = z.infer<typeof commandNoteSchema>;

/** Name of the note in the folder of the copy. */
export const COMMAND_NOTE = 'app.json';
