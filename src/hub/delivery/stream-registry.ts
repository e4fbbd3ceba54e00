import type { ServerResponse } from 'node:http';
import type { StreamEnd } from '../../shared/contracts/agent-api.ts';
import { AGENT_EVENTS } from '../../shared/contracts/agent-api.ts';
import type { AgentBearer } from '../identity/agent-access.ts';

/** One open event stream. Ten thousand of them idle in one process: it holds no more than it must. */
export interface AgentStream {
  readonly response: ServerResponse;
  /** Who opened it, by what. */
  readonly bearer: AgentBearer;
  readonly organizationId: string;
  /** The highest sequence number it was told. */
  told: number;
}

/** A reader that lets this much pile up is gone or hostile: it may connect again. */
const LONGEST_BACKLOG = 64 * 1024;

/** The open streams of one process, by user. */
export interface StreamRegistry {
  readonly size: number;
  add(stream: AgentStream): void;
  remove(stream: AgentStream): void;
  all(): Iterable<AgentStream>;
  ofUser(userId: string): readonly AgentStream[];
}

export function createStreamRegistry(): StreamRegistry {
  const streams = new Set<AgentStream>();
  const byUser = new Map<string, readonly AgentStream[]>();
  return {
    get size() {
      return streams.size;
    },
    add(stream) {
      const { userId } = stream.bearer;
      streams.add(stream);
      byUser.set(userId, [...(byUser.get(userId) ?? []), stream]);
    },
    remove(stream) {
      if (!streams.delete(stream)) return;
      const { userId } = stream.bearer;
      const rest = (byUser.get(userId) ?? []).filter((other) => other !== stream);
      if (rest.length === 0) byUser.delete(userId);
      else byUser.set(userId, rest);
    },
    all: () => streams,
    ofUser: (userId) => byUser.get(userId) ?? [],
  };
}

/** Tells a stream that policy may have changed, unless it was told that or more already. */
export function nudge(stream: AgentStream, seq: number): void {
  if (seq <= stream.told) return;
  stream.told = seq;
  write(stream, `id: ${seq}\nevent: ${AGENT_EVENTS.policy}\ndata: {"seq":${seq}}\n\n`);
}

/** A comment: keeps the ways in between open, and finds out whether the other side is still there. */
export function beat(stream: AgentStream): void {
  write(stream, ':\n\n');
}

/** Says why, and closes. `retryMs` tells how long to stay away. */
export function end(stream: AgentStream, reason: StreamEnd['reason'], retryMs?: number): void {
  const retry = retryMs === undefined ? '' : `retry: ${Math.round(retryMs)}\n`;
  stream.response.end(`${retry}event: ${AGENT_EVENTS.end}\ndata: {"reason":"${reason}"}\n\n`);
}

/** Straight to the connection, which carries nothing else any more: thousands are told in one moment. */
function write({ response }: AgentStream, text: string): void {
  // It may have ended while what it is to be told was read.
  if (response.writableEnded) return;
  const { socket } = response;
  if (response.writableLength > LONGEST_BACKLOG) response.destroy();
  else if (socket?.writable === true && !response.chunkedEncoding) socket.write(text, 'latin1');
  else response.write(text);
}
