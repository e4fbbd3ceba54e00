import { maxHeaderSize, STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify';
import { BY_STATUS, errorBody, isForPeople } from './error-answers.ts';
import type { UnreadableAnswer } from './hub-plugin.ts';
import { refusalPage } from './identity/pages/message-pages.ts';
import { sendPage } from './identity/send-page.ts';

/** What Node says of a request that its parser gave up; the packet is the one that it was reading. */
interface ParserError extends Error {
  readonly code?: string;
  readonly rawPacket?: unknown;
}

/**
 * The answers to what cannot be read, so that no handler of a capability ever sees it: an address with a broken
 * percent-escape, headers beyond Node's limit. Each capability may give its own shape for what is below its base.
 * `headers`: what all of them say to a browser.
 */
export function unreadableRequests(headers: Readonly<Record<string, string>>) {
  const shapes = new Map<string, UnreadableAnswer>();
  const shapeOf = (url: string): UnreadableAnswer | undefined =>
    [...shapes].find(([base]) => (url.split('?', 1)[0] ?? '').startsWith(`${base}/`))?.[1];
  return {
    onUnreadable: (base: string, answer: UnreadableAnswer): void => void shapes.set(base, answer),
    /** The router cannot read the address. */
    badAddress: (error: FastifyError, request: FastifyRequest, reply: FastifyReply): FastifyReply => {
      const status = error.statusCode ?? 400;
      const what = status === 414 ? 'a part of it is too long' : 'it has a broken percent-escape';
      const detail = `The address cannot be read: ${what}.`;
      const shape = shapeOf(request.url);
      void reply.headers({ ...headers });
      if (shape === undefined && isForPeople(request))
        return sendPage(reply, refusalPage({ message: detail }), status, false);
      const { contentType, body } = (shape ?? plainly)('address', status, detail);
      return reply.code(status).header('content-type', contentType).send(body);
    },
    /** Node cannot read the head of the request, so there is none: what is left is to write on the connection. */
    badHead: (error: ParserError, socket: Socket): void => {
      if (error.code === 'ECONNRESET' || !socket.writable) return void socket.destroy();
      const packet = Buffer.isBuffer(error.rawPacket) ? error.rawPacket : Buffer.alloc(0);
      const { status, detail } = whatIsWrong(error.code, packet);
      // A head that came in pieces may no longer show its address: then the hub's own shape has to do.
      const url = /^[A-Z]+ (\S+)/.exec(packet.toString('latin1', 0, 300))?.[1] ?? '';
      const { contentType, body } = (shapeOf(url) ?? plainly)('head', status, detail);
      const head = [
        `HTTP/1.1 ${status} ${STATUS_CODES[status]}`,
        `content-type: ${contentType}`,
        `content-length: ${Buffer.byteLength(body)}`,
        ...Object.entries(headers).map(([name, value]) => `${name}: ${value}`),
        'connection: close',
      ];
      socket.end(`${head.join('\r\n')}\r\n\r\n${body}`, () => socket.destroy());
    },
  };
}

const plainly: UnreadableAnswer = (_part, status, message) => ({
  contentType: 'application/json; charset=utf-8',
  body: JSON.stringify(errorBody({ code: BY_STATUS[status] ?? 'bad_request', message })),
});

function whatIsWrong(code: string | undefined, packet: Buffer): { status: number; detail: string } {
  if (code === 'ERR_HTTP_REQUEST_TIMEOUT')
    return { status: 408, detail: 'The request did not arrive whole in time; send it again.' };
  if (code !== 'HPE_HEADER_OVERFLOW')
    return { status: 400, detail: 'The request is not HTTP as the hub knows it.' };
  const limit = `${maxHeaderSize / 1024} KiB`;
  const line = packet.indexOf('\r\n');
  return line === -1 || line > maxHeaderSize
    ? { status: 414, detail: `The address is longer than ${limit}.` }
    : { status: 431, detail: `The address and the headers are together larger than ${limit}.` };
}
