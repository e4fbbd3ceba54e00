/**
 * Reads of single things that are asked of the database together: while one statement is under way, whoever asks
 * waits for the next, which is for all of them. A single question is not delayed; a thousand desktops that come at once
 * are one statement, not a thousand. Each read begins after it was asked for, so it shows no earlier moment.
 */
export type BatchedRead<Value> = (key: string) => Promise<Value | null>;

interface Waiting<Value> {
  readonly key: string;
  readonly resolve: (value: Value | null) => void;
  readonly reject: (error: unknown) => void;
}

/** `readMany` answers what there is, by key. At most `most` keys go into one statement. */
export function createBatchedRead<Value>(
  readMany: (keys: readonly string[]) => Promise<ReadonlyMap<string, Value>>,
  most = 1000,
): BatchedRead<Value> {
  let waiting: Waiting<Value>[] = [];
  let reading = false;
  const work = async (): Promise<void> => {
    reading = true;
    while (waiting.length > 0) {
      const some = waiting.slice(0, most);
      waiting = waiting.slice(most);
      try {
        const values = await readMany([...new Set(some.map(({ key }) => key))]);
        for (const { key, resolve } of some) resolve(values.get(key) ?? null);
      } catch (error) {
        for (const { reject } of some) reject(error);
      }
    }
    reading = false;
  };
  return (key) =>
    new Promise((resolve, reject) => {
      waiting.push({ key, resolve, reject });
      if (!reading) void work();
    });
}
