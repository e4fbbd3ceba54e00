import { Button } from '@mantine/core';
import { useState } from 'react';
import { z } from 'zod';
import { acceptedConnectionListSchema, sharedConnectionPathSchema } from '../../shared/contracts/hub-sso.ts';
import { Panel } from '../../shared-ui/Panel.tsx';
import { When } from '../../shared-ui/When.tsx';
import { useConsoleText } from '../console-text.tsx';
import { useHere } from '../organization-context.tsx';
import { checkForm } from '../parts/check-form.ts';
import { DeleteDialog } from '../parts/DeleteDialog.tsx';
import { Field } from '../parts/Field.tsx';
import { FormDialog } from '../parts/FormDialog.tsx';
import layout from '../parts/Layout.module.css';
import { useRefusedField } from '../parts/refused-field.ts';
import { ServerList } from '../parts/ServerList.tsx';
import { useChange } from '../parts/use-change.ts';

type Accepted = z.infer<typeof acceptedConnectionListSchema>['connections'][number];

/** Connections of other organizations that may place people here: accepted and ended by this organization. */
export function AcceptedConnections() {
  const { t } = useConsoleText();
  const { api, organization } = useHere();
  const [accepting, setAccepting] = useState(false);
  const [ending, setEnding] = useState<Accepted | null>(null);
  return (
    <Panel
      title={t('sso.accepted')}
      text={t('sso.acceptedText', { organization: organization.displayName })}
      actions={
        <Button variant="default" size="xs" onClick={() => setAccepting(true)}>
          {t('sso.accept')}
        </Button>
      }
    >
      <div className={layout.stack}>
        <ServerList
          name="accepted"
          label={t('sso.accepted')}
          path={api('accepted-connections')}
          answer={acceptedConnectionListSchema}
          page={({ connections, total, next }) => ({ rows: connections, total, next })}
          rowKey={({ id }) => id}
          usualSort="organization"
          search={t('sso.acceptedSearch')}
          empty={{ text: t('sso.acceptedNone') }}
          columns={[
            { title: t('sso.name'), sort: 'name', cell: ({ name }) => name },
            {
              title: t('sso.organizationName'),
              sort: 'organization',
              cell: ({ organization: owner }) => owner,
            },
            {
              title: t('sso.acceptedAt'),
              sort: 'accepted',
              cell: ({ acceptedAt }) => <When at={acceptedAt} />,
            },
            {
              title: t('list.actions'),
              quiet: true,
              cell: (each) => (
                <Button
                  variant="default"
                  size="xs"
                  aria-label={t('sso.revokeNamed', { organization: each.organization })}
                  onClick={() => setEnding(each)}
                >
                  {t('sso.revoke')}
                </Button>
              ),
            },
          ]}
        />
      </div>
      {accepting ? <Accept onClose={() => setAccepting(false)} /> : null}
      {ending === null ? null : (
        <EndAcceptance
          path={api('accepted-connections', ending.id)}
          organization={organization.displayName}
          onClose={() => setEnding(null)}
        />
      )}
    </Panel>
  );
}

function Accept({ onClose }: { readonly onClose: () => void }) {
  const { t } = useConsoleText();
  const { api, organization } = useHere();
  const change = useChange();
  const refusedField = useRefusedField();
  const [id, setId] = useState('');
  const [problem, setProblem] = useState<string>();
  const submit = async () => {
    const typed = { sharedConnectionId: id.trim().toLowerCase() };
    const wanted = checkForm(sharedConnectionPathSchema.pick({ sharedConnectionId: true }), typed);
    setProblem(wanted.ok ? undefined : t('sso.acceptMissing'));
    if (!wanted.ok) return;
    const answer = await change.send({
      method: 'PUT',
      path: api('accepted-connections', wanted.value.sharedConnectionId),
      answer: z.undefined(),
    });
    if (answer.ok) return onClose();
    const refused = refusedField(answer.failure, ['sharedConnectionId']);
    if (refused === undefined) return;
    setProblem(refused.sharedConnectionId);
    change.forget();
  };
  return (
    <FormDialog
      title={t('sso.accept')}
      submit={t('sso.accept')}
      change={change}
      onClose={onClose}
      onSubmit={() => void submit()}
    >
      <p>{t('sso.acceptedText', { organization: organization.displayName })}</p>
      <Field
        label={t('sso.connectionId')}
        hint={t('sso.acceptHint')}
        problem={problem}
        value={id}
        onChange={setId}
      />
    </FormDialog>
  );
}

/** Asks before provisioning into an organization ends; used from both sides of it. */
export function EndAcceptance({
  path,
  organization,
  onClose,
}: {
  readonly path: string;
  readonly organization: string;
  readonly onClose: () => void;
}) {
  const { t } = useConsoleText();
  return (
    <DeleteDialog
      title={t('sso.revokeTitle', { organization })}
      submit={t('sso.revoke')}
      path={path}
      onClose={onClose}
    >
      <p>{t('sso.revokeText')}</p>
    </DeleteDialog>
  );
}
