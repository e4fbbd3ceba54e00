import { z } from 'zod';
import { type DiagnosticsAnswer, diagnosticsAnswerSchema } from '../../shared/contracts/local-api.ts';
import { type Clock, instant } from '../clock.ts';
import { jsonOf } from '../local-api/json-of.ts';
import type { LocalHandlers } from '../local-api/router.ts';
import { withoutSecrets } from './without-secrets.ts';

/** What the file is collected from. */
export interface DiagnosticsSources {
  readonly handlers: Pick<LocalHandlers, 'status' | 'doctor' | 'policy' | 'settings'>;
  readonly clock: Clock;
  /** The last lines of the log, oldest first. */
  readonly log: () => Promise<readonly string[]>;
  /** Folder of the user whose machine it is, which the file does not name. */
  readonly home: string;
  /** The system and the program, by name and version. */
  readonly system: Readonly<Record<string, string>>;
}

/**
 * Everything that somebody needs who shall find out what is wrong on this machine, and nothing that opens a door: no
 * secrets, and of the user's own choices only which settings they concern, as in reports (docs/delivery.md section 5).
 */
export async function collectDiagnostics(from: DiagnosticsSources): Promise<DiagnosticsAnswer> {
  const { handlers, clock, system, home } = from;
  const [status, { checks }, log] = await Promise.all([handlers.status(), handlers.doctor(), from.log()]);
  const settings = handlers.settings().settings.map(({ choice, value, contributions, ...setting }) => ({
    ...setting,
    chosen: choice !== undefined,
    ...(setting.source === 'user' ? {} : { value }),
    contributions: contributions.filter(({ source }) => source !== 'user'),
  }));
  const collected = {
    ...{ madeAt: instant(clock.wall()), system, status, checks, policy: handlers.policy(), settings },
    log: log.map(readLine),
  };
  return diagnosticsAnswerSchema.parse(withoutSecrets(jsonOf(collected), home));
}

/** A line of the log is an object, so that names in it tell what is a secret; one that was cut is kept as text. */
function readLine(line: string): unknown {
  try {
    return z.json().parse(JSON.parse(line));
  } catch {
    return line;
  }
}
