/** Runs one task after another, in the order they came; a failed one does not stop the next. */
export type Serial = <T>(task: () => Promise<T>) => Promise<T>;

/** A queue of its own: state that is read, changed and written must not be read again in between. */
export function createSerial(): Serial {
  let last: Promise<unknown> = Promise.resolve();
  return (task) => {
    const run = last.then(task, task);
    last = run.catch(() => {});
    return run;
  };
}
