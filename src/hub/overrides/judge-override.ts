import type { OverrideRequest } from '../../shared/contracts/agent-api.ts';
import type { Refusal } from '../../shared/contracts/refusal.ts';
import { readDocument } from '../../shared/policy/read-document.ts';
import { accepted, checkValue } from '../../shared/settings/check-value.ts';
import { desktopCatalog } from '../../shared/settings/desktop-catalog.ts';
import { durationOf } from '../../shared/text/duration.ts';
import type { Received } from '../policies/received.ts';

/** Why a request is refused; `null`: granted. What is said here reaches the person who asked, word for word. */
export function judgeOverride(received: Received | null, request: OverrideRequest): Refusal | null {
  const setting = desktopCatalog.byId.get(request.setting);
  if (setting === undefined) {
    return {
      code: 'unknown_setting',
      message: `There is no setting "${request.setting}".`,
      setting: request.setting,
    };
  }
  const checked = checkValue(setting, request.value);
  if (!checked.ok) {
    const details = { accepted: accepted(setting) };
    return { code: 'invalid_value', message: checked.message, setting: setting.id, details };
  }
  if (received?.policy == null) return NOT_MANAGED;
  const { policy, document, exceptions } = received;
  const exception = exceptions.find((each) => each.setting === setting.id);
  if (exception === undefined) {
    return {
      code: 'override_not_allowed',
      message: `The policy "${policy.name}" of ${received.organization.name} does not allow "${setting.id}" to be overridden.`,
      help: 'Ask an owner of the organization to allow it for this setting, or to change the policy.',
      setting: setting.id,
    };
  }
  if (request.seconds > exception.maxSeconds) {
    return {
      code: 'override_not_allowed',
      message: `"${setting.id}" may be overridden for ${durationOf(exception.maxSeconds)} at most, and ${durationOf(request.seconds)} were asked for.`,
      help: 'Ask for a shorter time.',
      setting: setting.id,
      details: { maxSeconds: exception.maxSeconds },
    };
  }
  if (readDocument(document, 'user-policy', desktopCatalog).mentions.get(setting.id)?.locked !== true) {
    return {
      code: 'override_not_allowed',
      message: `The policy "${policy.name}" does not lock "${setting.id}".`,
      help: 'Set it as usual: no override is needed.',
      setting: setting.id,
    };
  }
  return null;
}

/** Nobody there to allow it. */
export const NOT_MANAGED: Refusal = {
  code: 'override_not_allowed',
  message: 'No policy of this organization reaches you, so there is nothing to override.',
  help: 'Once this computer has heard of it, set what you like: nothing is locked by the hub.',
};
