import { QueryClient, QueryObserver } from '@tanstack/react-query';
import { expect, it, onTestFinished, vi } from 'vitest';
import { readAnew } from './read-anew.ts';

/** A page that shows one thing of the hub's, whose answers the test gives. */
function show() {
  const answers: ((value: string) => void)[] = [];
  const queries = new QueryClient({ defaultOptions: { queries: { retry: false, networkMode: 'always' } } });
  const observer = new QueryObserver<string>(queries, {
    queryKey: ['/v1/orgs/acme/teams'],
    queryFn: () => new Promise<string>((answer) => answers.push(answer)),
  });
  onTestFinished(observer.subscribe(() => undefined));
  return {
    asked: () => answers.length,
    answer: (index: number, value: string): void => answers[index]?.(value),
    shown: () => observer.getCurrentResult().data,
    read: () => readAnew(queries, () => true),
  };
}

it('reads once more what was answered before the change and arrives after it, also the first time', async () => {
  const page = show();
  expect(page.asked()).toBe(1);
  const read = page.read();
  page.answer(0, 'before the change');
  await vi.waitFor(() => expect(page.asked()).toBe(2), { timeout: 20_000 });
  page.answer(1, 'after the change');
  await read;
  expect(page.shown()).toBe('after the change');
  expect(page.asked()).toBe(2);
});

it('lets a reading end although more changes than it takes time: it is never broken off', async () => {
  const page = show();
  const reads = [page.read(), page.read(), page.read()];
  page.answer(0, 'first');
  await vi.waitFor(() => expect(page.asked()).toBe(2), { timeout: 20_000 });
  expect(page.shown()).toBe('first');
  reads.push(page.read());
  page.answer(1, 'second');
  await vi.waitFor(() => expect(page.asked()).toBe(3), { timeout: 20_000 });
  expect(page.shown()).toBe('second');
  page.answer(2, 'third');
  await Promise.all(reads);
  expect(page.shown()).toBe('third');
  expect(page.asked()).toBe(3);
});

it('reads at once what nobody is reading', async () => {
  const page = show();
  page.answer(0, 'old');
  await vi.waitFor(() => expect(page.shown()).toBe('old'), { timeout: 20_000 });
  const read = page.read();
  await vi.waitFor(() => expect(page.asked()).toBe(2), { timeout: 20_000 });
  page.answer(1, 'new');
  await read;
  expect(page.shown()).toBe('new');
});
