import { Button } from '@mantine/core';
import { useState } from 'react';
import { type Member, memberListSchema } from '../../shared/contracts/hub-api.ts';
import { SearchField } from '../../shared-ui/SearchField.tsx';
import { useConsoleText } from '../console-text.tsx';
import { Gate } from '../hub/Gate.tsx';
import { useRead } from '../hub/use-read.ts';
import { useHere } from '../organization-context.tsx';
import layout from '../parts/Layout.module.css';
import { useSettled } from '../parts/use-settled.ts';
import classes from './MemberPicker.module.css';

const MOST = 8;

/** Finds members by name or address and does one thing with each. */
export function MemberPicker({
  verb,
  isTaken,
  note,
  onPick,
}: {
  /** "Assign": what a press does. */
  readonly verb: string;
  /** For whom there is nothing to do. */
  readonly isTaken?: (member: Member) => boolean;
  /** What to know about a member before. */
  readonly note?: (member: Member) => string | null;
  readonly onPick: (member: Member) => Promise<boolean>;
}) {
  const { t } = useConsoleText();
  const { api } = useHere();
  const [typed, setTyped] = useState('');
  const [busy, setBusy] = useState<string | null>(null);
  const search = useSettled(typed.trim());
  const loaded = useRead(
    { path: api('members'), query: { search, limit: MOST }, answer: memberListSchema },
    { keep: true, enabled: search !== '' },
  );
  const pick = async (member: Member) => {
    setBusy(member.userId);
    await onPick(member);
    setBusy(null);
  };
  return (
    <div className={layout.stack}>
      <SearchField label={t('members.search')} value={typed} onChange={setTyped} />
      {search === '' ? null : (
        <Gate loaded={loaded}>
          {({ members, total }) => (
            <>
              <p className={layout.dim} role="status">
                {t('members.found', { count: total })}
              </p>
              <ul className={classes.found}>
                {members.map((member) => (
                  <li key={member.userId}>
                    <span>
                      <strong>{member.name}</strong> <span className={layout.dim}>{member.email}</span>
                      {note?.(member) ? <span className={layout.dim}> · {note(member)}</span> : null}
                    </span>
                    <Button
                      size="xs"
                      variant="default"
                      disabled={isTaken?.(member) === true}
                      loading={busy === member.userId}
                      aria-label={`${verb}: ${member.email}`}
                      onClick={() => void pick(member)}
                    >
                      {verb}
                    </Button>
                  </li>
                ))}
              </ul>
            </>
          )}
        </Gate>
      )}
    </div>
  );
}
