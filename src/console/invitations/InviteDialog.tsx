import { useState } from 'react';
import { LARGEST_LIST } from '../../shared/contracts/hub-assignment-lists.ts';
import {
  type InvitationResult,
  invitationCreationAnswerSchema,
  invitationCreationSchema,
} from '../../shared/contracts/hub-provisioning.ts';
import { CopyButton } from '../../shared-ui/CopyButton.tsx';
import { Notice } from '../../shared-ui/Notice.tsx';
import { useConsoleText } from '../console-text.tsx';
import { ROLES, roleNamed } from '../members/roles.ts';
import { useHere } from '../organization-context.tsx';
import { Choice } from '../parts/Choice.tsx';
import { checkForm } from '../parts/check-form.ts';
import { Field } from '../parts/Field.tsx';
import { FormDialog } from '../parts/FormDialog.tsx';
import { useFirstRows } from '../parts/first-rows.tsx';
import layout from '../parts/Layout.module.css';
import { ServerChoice } from '../parts/ServerChoice.tsx';
import { UploadButton } from '../parts/UploadButton.tsx';
import { useChange } from '../parts/use-change.ts';
import { useTeamChoices } from '../teams/team-choices.ts';
import { InviteResults } from './InviteResults.tsx';

/** Invites by address or CSV: first a look at what would happen to each line, then the invitations. */
export function InviteDialog({ onClose }: { readonly onClose: () => void }) {
  const { t } = useConsoleText();
  const form = useInviteForm();
  const { text, checked, done, problem } = form;
  if (done !== null) return <Done results={done} onClose={onClose} />;
  const willing = checked?.filter(({ outcome }) => outcome === 'would_invite').length ?? 0;
  return (
    <FormDialog
      title={t('invite.title')}
      submit={
        checked === null
          ? t('invite.check')
          : willing === 0
            ? t('invite.submitNone')
            : t('invite.submit', { count: willing })
      }
      change={form.change}
      disabled={text.trim() === '' || (checked !== null && willing === 0)}
      onClose={onClose}
      onSubmit={() => void form.submit(checked === null)}
    >
      <Field
        label={t('invite.addresses')}
        hint={t('invite.addressesHint')}
        rows={5}
        problem={problem}
        value={text}
        onChange={form.setText}
      />
      <div>
        <UploadButton
          label={t('invite.file')}
          accept=".csv,.txt,text/csv"
          most={LARGEST_LIST}
          onText={form.setText}
        >
          {t('invite.file')}
        </UploadButton>
      </div>
      <div className={layout.pair}>
        <Choice
          label={t('invitations.role')}
          value={form.role}
          options={ROLES.map((each) => [each, t(`account.role.${each}`)])}
          onChange={form.setRole}
        />
        <ServerChoice
          label={t('invitations.team')}
          searchLabel={t('teams.search')}
          value={form.teamId}
          choices={form.teams}
          first={[['', t('invitations.noTeam')]]}
          onChange={form.setTeamId}
        />
      </div>
      {checked === null ? null : <InviteResults results={checked} />}
    </FormDialog>
  );
}

function useInviteForm() {
  const { api } = useHere();
  const change = useChange();
  const [text, setText] = useState('');
  const [role, setRole] = useState('member');
  const [teamId, setTeamId] = useState('');
  const [problem, setProblem] = useState<string>();
  const [checked, setChecked] = useState<readonly InvitationResult[] | null>(null);
  const [done, setDone] = useState<readonly InvitationResult[] | null>(null);
  const teams = useTeamChoices();
  /** What was looked at does not hold for what is typed now. */
  const anew = <Value,>(set: (value: Value) => void) => {
    return (value: Value) => {
      set(value);
      setChecked(null);
    };
  };
  const submit = async (dryRun: boolean) => {
    const body = {
      csv: text,
      role: roleNamed(role),
      dryRun,
      ...(teamId === '' ? {} : { teamId }),
    };
    const form = checkForm(invitationCreationSchema, body);
    setProblem(form.ok ? undefined : form.problems.csv);
    if (!form.ok) return;
    const answer = await change.send({
      method: 'POST',
      path: api('invitations'),
      body,
      answer: invitationCreationAnswerSchema,
    });
    if (!answer.ok) return;
    if (dryRun) setChecked(answer.value.results);
    else setDone(answer.value.results);
  };
  return {
    ...{ change, text, role, teamId, problem, checked, done, submit },
    teams,
    setText: anew(setText),
    setRole: anew(setRole),
    setTeamId: anew(setTeamId),
  };
}

/** Who was invited; the links that no letter carried are shown here and never again. */
function Done({
  results,
  onClose,
}: {
  readonly results: readonly InvitationResult[];
  readonly onClose: () => void;
}) {
  const { t } = useConsoleText();
  const change = useChange();
  const invited = results.filter(({ outcome }) => outcome === 'invited');
  const links = invited.flatMap(({ email, link, mailed }) =>
    mailed || link === null ? [] : [{ email, link }],
  );
  const [shown, more] = useFirstRows(links, 20);
  return (
    <FormDialog
      title={t('invite.done')}
      submit={t('action.close')}
      alone
      change={change}
      onClose={onClose}
      onSubmit={onClose}
    >
      <Notice tone="good" live>
        {t('invite.doneText', { count: invited.length })}
      </Notice>
      {links.length === 0 ? null : (
        <>
          <p>{t('invite.links')}</p>
          <ul className={layout.plain}>
            {shown.map(({ email, link }) => (
              <li key={email} className={layout.secret}>
                <strong>{email}</strong>
                <code>{link}</code>
                <CopyButton text={() => link} label={t('invite.copy', { email })} />
              </li>
            ))}
          </ul>
          {more}
          <div>
            <CopyButton text={() => links.map(({ email, link }) => `${email}\t${link}`).join('\n')}>
              {t('invite.copyAll')}
            </CopyButton>
          </div>
        </>
      )}
    </FormDialog>
  );
}
