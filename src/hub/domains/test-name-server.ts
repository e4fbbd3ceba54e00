import { createSocket, type RemoteInfo } from 'node:dgram';

/** What the server says for a name: values, a failure code, or nothing at all. */
export type TestAnswer = readonly string[] | 'SERVFAIL' | 'NXDOMAIN' | 'silence';

/** For tests: a real name server on loopback that answers TXT (RFC 1035 section 4) from a table. */
export async function startTestNameServer(answers: Map<string, TestAnswer>) {
  const socket = createSocket('udp4');
  socket.on('message', (query: Buffer, from: RemoteInfo) => {
    const { name, end } = questionOf(query);
    const answer = answers.get(name) ?? 'NXDOMAIN';
    if (answer === 'silence') return;
    socket.send(reply(query, end, answer), from.port, from.address);
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

function reply(query: Buffer, end: number, answer: Exclude<TestAnswer, 'silence'>): Buffer {
  const values = typeof answer === 'string' ? [] : answer;
  const header = Buffer.alloc(12);
  query.copy(header, 0, 0, 2);
  header.writeUInt16BE(0x8180 | (answer === 'SERVFAIL' ? 2 : answer === 'NXDOMAIN' ? 3 : 0), 2);
  header.writeUInt16BE(1, 4);
  header.writeUInt16BE(values.length, 6);
  const records = values.map((value) => {
    const parts = value.match(/[\s\S]{1,255}/g) ?? [''];
    const data = Buffer.concat(
      parts.map((part) => Buffer.concat([Buffer.from([part.length]), Buffer.from(part)])),
    );
    const head = Buffer.from([0xc0, 12, 0, 16, 0, 1, 0, 0, 0, 0, 0, 0]);
    head.writeUInt16BE(data.length, 10);
    return Buffer.concat([head, data]);
  });
  return Buffer.concat([header, query.subarray(12, end), ...records]);
}
