/** How a list is sorted, and how to sort it otherwise. */
export interface Sorting {
  /** Name of the order as the hub calls it; with "-" before it, the other way round. */
  readonly by: string;
  readonly onSort: (by: string) => void;
}

/** What a press on the head of a column leads to: its order, and its reverse when it is in force. */
export function turned(by: string, sort: string): string {
  return by === sort ? `-${sort}` : sort;
}
