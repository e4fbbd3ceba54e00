import { Button } from '@mantine/core';
import { useState } from 'react';
import { type Member, memberListSchema, type Policy } from '../../shared/contracts/hub-api.ts';
import { Tag } from '../../shared-ui/Tag.tsx';
import { useConsoleText } from '../console-text.tsx';
import { askHub } from '../hub/hub-client.ts';
import { useHere } from '../organization-context.tsx';
import { Field } from '../parts/Field.tsx';
import layout from '../parts/Layout.module.css';

type Outcome = 'assigned' | 'unknown' | 'failed';
interface Result {
  readonly email: string;
  readonly outcome: Outcome;
}
const TONES = { assigned: 'good', unknown: 'warn', failed: 'bad' } as const;

/** Assigns everybody of a pasted list of addresses, one after the other, and says how it went with each. */
export function PastedList({
  policy,
  onAssign,
}: {
  readonly policy: Policy;
  readonly onAssign: (member: Member) => Promise<boolean>;
}) {
  const { t } = useConsoleText();
  const { api } = useHere();
  const [text, setText] = useState('');
  const [busy, setBusy] = useState(false);
  const [results, setResults] = useState<readonly Result[]>([]);
  const emails = addressesIn(text);
  const run = async () => {
    setBusy(true);
    setResults([]);
    for (const email of emails) {
      const outcome = await assignOne(email);
      setResults((before) => [...before, { email, outcome }]);
    }
    setBusy(false);
  };
  const assignOne = async (email: string): Promise<Outcome> => {
    const found = await askHub({
      path: api('members'),
      query: { search: email, limit: 10 },
      answer: memberListSchema,
    });
    if (!found.ok) return 'failed';
    const member = found.value.members.find((each) => each.email.toLowerCase() === email);
    if (member === undefined) return 'unknown';
    if (member.policy?.id === policy.id) return 'assigned';
    return (await onAssign(member)) ? 'assigned' : 'failed';
  };
  return (
    <div className={layout.stack}>
      <h3>{t('policies.assignMany')}</h3>
      <Field
        label={t('policies.addresses')}
        hint={t('policies.addressesHint')}
        rows={3}
        value={text}
        onChange={setText}
      />
      <div className={layout.row}>
        <Button
          size="xs"
          variant="default"
          disabled={emails.length === 0}
          loading={busy}
          onClick={() => void run()}
        >
          {t('policies.assignCount', { count: emails.length })}
        </Button>
        <span className={layout.dim} role="status">
          {results.length === 0
            ? ''
            : t('policies.assignProgress', { done: results.length, all: emails.length })}
        </span>
      </div>
      {results.length === 0 ? null : (
        <ul className={layout.plain}>
          {results.map(({ email, outcome }) => (
            <li key={email} className={layout.row}>
              <Tag tone={TONES[outcome]}>{t(`policies.outcome.${outcome}`)}</Tag> {email}
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}

/** The addresses of a list, whatever stands between them; each once. */
function addressesIn(text: string): readonly string[] {
  const found = text.toLowerCase().match(/[^\s,;<>"']+@[^\s,;<>"']+/g) ?? [];
  return [...new Set(found)];
}
