import { Button } from '@mantine/core';
import { useState } from 'react';
import type { Connection } from '../../shared/contracts/hub-sso.ts';
import { Panel } from '../../shared-ui/Panel.tsx';
import { Tag } from '../../shared-ui/Tag.tsx';
import { When } from '../../shared-ui/When.tsx';
import { useConsoleText } from '../console-text.tsx';
import { Field } from '../parts/Field.tsx';
import { FormDialog } from '../parts/FormDialog.tsx';
import layout from '../parts/Layout.module.css';
import { useRefusedField } from '../parts/refused-field.ts';
import { Table } from '../parts/Table.tsx';
import { certificatesIn } from './certificates-in.ts';
import { useConnectionEdit } from './use-connection-edit.ts';

type Saml = NonNullable<Connection['saml']>;
/** A certificate of an identity provider, as the hub shows it. */
export type Certificate = Saml['certificates'][number];
interface Rollover {
  readonly connection: Connection;
  readonly saml: Saml;
}

const TONES = { valid: 'good', expiring: 'warn', expired: 'bad', not_yet_valid: 'neutral' } as const;
/** As many digits of a fingerprint as tell certificates apart. */
export const SHOWN_DIGITS = 16;

/** Which certificates may have signed, until when, and their exchange: the new one beside the old. */
export function CertificatesPanel(rollover: Rollover) {
  const { t } = useConsoleText();
  const { certificates } = rollover.saml;
  const [adding, setAdding] = useState(false);
  const [removing, setRemoving] = useState<Certificate | null>(null);
  return (
    <Panel
      title={t('sso.certificates')}
      text={t('sso.certificatesText')}
      flush
      actions={
        <Button variant="default" size="xs" onClick={() => setAdding(true)}>
          {t('sso.certificateAdd')}
        </Button>
      }
    >
      <Table
        label={t('sso.certificates')}
        rows={certificates}
        rowKey={({ fingerprint }) => fingerprint}
        columns={[
          { title: t('sso.certificate'), cell: ({ subject }) => subject },
          {
            title: t('sso.state'),
            cell: ({ state }) => <Tag tone={TONES[state]}>{t(`sso.certificateState.${state}`)}</Tag>,
          },
          { title: t('sso.certificateEnds'), cell: ({ validTo }) => <When at={validTo} /> },
          {
            title: t('sso.fingerprint'),
            cell: ({ fingerprint }) => <code title={fingerprint}>{fingerprint.slice(0, SHOWN_DIGITS)}…</code>,
          },
          {
            title: t('list.actions'),
            quiet: true,
            cell: (each) => (
              <Button
                variant="default"
                size="xs"
                disabled={certificates.length === 1}
                title={certificates.length === 1 ? t('sso.certificateLast') : undefined}
                aria-label={t('sso.certificateRemoveNamed', { subject: each.subject })}
                onClick={() => setRemoving(each)}
              >
                {t('action.remove')}
              </Button>
            ),
          },
        ]}
      />
      {adding ? <Add {...rollover} onClose={() => setAdding(false)} /> : null}
      {removing === null ? null : (
        <Remove {...rollover} certificate={removing} onClose={() => setRemoving(null)} />
      )}
    </Panel>
  );
}

const valuesOf = (
  { idpEntityId, signInUrl, wantResponseSigned, signRequests }: Saml,
  certificates: readonly string[],
) => ({
  saml: { idpEntityId, signInUrl, wantResponseSigned, signRequests, certificates: [...certificates] },
});

const FIELD = 'saml.certificates';

function Add({ connection, saml, onClose }: Rollover & { readonly onClose: () => void }) {
  const { t } = useConsoleText();
  const { change, save } = useConnectionEdit(connection);
  const refusedField = useRefusedField();
  const [text, setText] = useState('');
  const [problem, setProblem] = useState<string>();
  const added = certificatesIn(text);
  const submit = async () => {
    const all = [...saml.certificates.map(({ pem }) => pem), ...added];
    setProblem(undefined);
    const answer = await save(valuesOf(saml, all));
    if (answer.ok) return onClose();
    const refused = refusedField(answer.failure, [FIELD]);
    if (refused === undefined) return;
    setProblem(refused[FIELD]);
    change.forget();
  };
  return (
    <FormDialog
      title={t('sso.certificateAdd')}
      submit={t('sso.certificateAdd')}
      change={change}
      disabled={added.length === 0}
      onClose={onClose}
      onSubmit={() => void submit()}
    >
      <div className={layout.code}>
        <Field
          label={t('sso.certificateField')}
          hint={t('sso.certificateHint')}
          rows={8}
          problem={problem}
          value={text}
          onChange={setText}
        />
      </div>
    </FormDialog>
  );
}

function Remove({
  connection,
  saml,
  certificate,
  onClose,
}: Rollover & { readonly certificate: Certificate; readonly onClose: () => void }) {
  const { t } = useConsoleText();
  const { change, save } = useConnectionEdit(connection);
  const submit = async () => {
    const kept = saml.certificates.filter(({ fingerprint }) => fingerprint !== certificate.fingerprint);
    const answer = await save(
      valuesOf(
        saml,
        kept.map(({ pem }) => pem),
      ),
    );
    if (answer.ok) onClose();
  };
  return (
    <FormDialog
      title={t('sso.certificateRemoveTitle')}
      submit={t('action.remove')}
      danger
      change={change}
      onClose={onClose}
      onSubmit={() => void submit()}
    >
      <p>
        <strong>{certificate.subject}</strong>
      </p>
      <p>{t('sso.certificateRemoveText')}</p>
    </FormDialog>
  );
}
