import { createSocket, type RemoteInfo } from 'node:dgram';

/** What the server says for a name: values, another name that has them, a failure code, or nothing at all. */
export type TestAnswer =
  | readonly string[]
  | { readonly alias: string }
  | 'SERVFAIL'
  | 'REFUSED'
  | 'NXDOMAIN'
  | 'silence';

const CODES = { SERVFAIL: 2, NXDOMAIN: 3, REFUSED: 5 } as const;
const TXT = 16;
const CNAME = 5;
const LONGEST_CHAIN = 8;

/**
 * For tests: a real name server on loopback that answers TXT (RFC 1035 section 4) from a table. As a resolver does, it
 * answers an alias with the whole chain and what stands at its end.
 */
export async function startTestNameServer(answers: Map<string, TestAnswer>) {
  const socket = createSocket('udp4');
  socket.on('message', (query: Buffer, from: RemoteInfo) => {
    const { name, end } = questionOf(query);
    if (answers.get(name) === 'silence') return;
    socket.send(reply(query, { name, end }, answers), from.port, from.address);
  });
  await new Promise<void>((resolve) => socket.bind(0, '127.0.0.1', resolve));
  return {
    address: `127.0.0.1:${socket.address().port}`,
    stop: () => new Promise<void>((resolve) => socket.close(() => resolve())),
  };
}

function questionOf(query: Buffer): { readonly name: string; readonly end: number } {
  const labels: string[] = [];
  let at = 12;
  for (let length = query[at] ?? 0; length > 0; length = query[at] ?? 0) {
    labels.push(query.toString('ascii', at + 1, at + 1 + length));
    at += length + 1;
  }
  return { name: labels.join('.').toLowerCase(), end: at + 5 };
}

function reply(
  query: Buffer,
  question: { readonly name: string; readonly end: number },
  answers: ReadonlyMap<string, TestAnswer>,
): Buffer {
  const records: Buffer[] = [];
  let owner = question.name;
  let answer = answers.get(owner) ?? 'NXDOMAIN';
  while (typeof answer === 'object' && 'alias' in answer && records.length < LONGEST_CHAIN) {
    records.push(record(owner, CNAME, nameOf(answer.alias)));
    owner = answer.alias;
    answer = answers.get(owner) ?? 'NXDOMAIN';
  }
  if (Array.isArray(answer)) for (const value of answer) records.push(record(owner, TXT, stringsOf(value)));
  const code = answer === 'SERVFAIL' || answer === 'NXDOMAIN' || answer === 'REFUSED' ? CODES[answer] : 0;
  const header = Buffer.alloc(12);
  query.copy(header, 0, 0, 2);
  header.writeUInt16BE(0x8180 | code, 2);
  header.writeUInt16BE(1, 4);
  header.writeUInt16BE(records.length, 6);
  return Buffer.concat([header, query.subarray(12, question.end), ...records]);
}

function record(owner: string, type: number, data: Buffer): Buffer {
  const facts = Buffer.from([0, type, 0, 1, 0, 0, 0, 0, 0, 0]);
  facts.writeUInt16BE(data.length, 8);
  return Buffer.concat([nameOf(owner), facts, data]);
}

function nameOf(name: string): Buffer {
  const labels = name.split('.').map((label) => Buffer.from(`${String.fromCharCode(label.length)}${label}`));
  return Buffer.concat([...labels, Buffer.from([0])]);
}

/** A long value is cut into strings of 255 characters. */
function stringsOf(value: string): Buffer {
  const parts = value.match(/[\s\S]{1,255}/g) ?? [''];
  return Buffer.concat(parts.map((part) => Buffer.concat([Buffer.from([part.length]), Buffer.from(part)])));
}
