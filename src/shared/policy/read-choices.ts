import { checkValue } from '../settings/check-value.ts';
import type { Catalog } from '../settings/define-catalog.ts';
import type { SettingValue } from '../settings/setting.ts';
import { nearest } from '../text/nearest.ts';
import { describeValue, quote } from '../text/quote.ts';
import { MOST_LISTED } from './json-scan.ts';
import { readJson } from './json-text.ts';
import type { Problem } from './model.ts';
import { finishProblems, type ProblemDraft } from './problem-draft.ts';
import { isJsonObject } from './read-settings.ts';

/** The user's own values, after reading. */
export interface Choices {
  /** `broken`: the file cannot be used at all, and must not be written over without keeping it. */
  readonly state: 'ok' | 'broken';
  /** By setting id; on every platform, valid ones only. */
  readonly values: ReadonlyMap<string, SettingValue>;
  /** Settings whose chosen value is not valid, with what is accepted. */
  readonly invalid: ReadonlyMap<string, string>;
  readonly problems: readonly Problem[];
}

/** No choices. */
export const NO_CHOICES: Choices = { state: 'ok', values: new Map(), invalid: new Map(), problems: [] };

/**
 * Reads `{ "<id>": value }` from bytes, text or a parsed value. Never throws. Unknown ids and invalid values are
 * left out and named in `problems`.
 */
export function readChoices(input: unknown, catalog: Catalog): Choices {
  const json = readJson(input);
  const values = new Map<string, SettingValue>();
  const invalid = new Map<string, string>();
  const drafts: ProblemDraft[] = [...json.drafts];
  const answer = (state: Choices['state']): Choices => ({
    state,
    values,
    invalid,
    problems: finishProblems(drafts, 'choices', json.text),
  });
  if (!json.ok) return answer('broken');
  if (!isJsonObject(json.value)) {
    drafts.push({
      severity: 'error',
      code: 'wrong_type',
      segments: [],
      message: `Choices are an object of setting and value, and this is ${describeValue(json.value)}.`,
    });
    return answer('broken');
  }
  let unknown = 0;
  for (const id of Object.keys(json.value)) {
    const setting = catalog.byId.get(id);
    if (setting === undefined) {
      unknown += 1;
      if (unknown <= MOST_LISTED) drafts.push(unknownSetting(id, catalog));
      continue;
    }
    const checked = checkValue(setting, json.value[id]);
    if (checked.ok) values.set(id, checked.value);
    else {
      invalid.set(id, checked.message);
      const message = `The chosen value of ${id} cannot be used and is ignored. ${checked.message}`;
      drafts.push({ severity: 'error', code: checked.code, segments: [id], message });
    }
  }
  if (unknown > MOST_LISTED) {
    const message = `${unknown - MOST_LISTED} more choices are of no setting and are ignored.`;
    drafts.push({ severity: 'warning', code: 'unknown_key', segments: [], message });
  }
  return answer('ok');
}

function unknownSetting(id: string, catalog: Catalog): ProblemDraft {
  const close = nearest(id, catalog.byId.keys());
  const mend = close === null ? 'Remove it, or check its name.' : `Did you mean ${quote(close)}?`;
  return {
    severity: 'warning',
    code: 'unknown_key',
    segments: [id],
    message: `There is no setting ${quote(id)}; the choice is ignored. ${mend}`,
  };
}
