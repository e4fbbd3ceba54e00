import { app, dialog } from 'electron';
import { appendToLog, logFile } from '../../agent/log-file.ts';
import { desktopText } from '../../shared/text/desktop-text.ts';
import { VERSION } from '../../shared/version.ts';
import { faultOf, reasonOf } from './reason-of.ts';

/** The app could not be put together at all: says so, with what to do, and ends it. */
export function failStart(error: unknown, display: boolean): void {
  const log = logFile({ version: VERSION });
  appendToLog(log, { level: 'warning', message: 'a fault of the start', fault: faultOf(error) });
  const { t } = desktopText(app.getPreferredSystemLanguages());
  const text = t('start.fault', { reason: reasonOf(error), log });
  process.stderr.write(`${t('start.failed')}: ${text}\n`);
  if (display) dialog.showErrorBox(t('start.failed'), text);
  app.exit(1);
}
