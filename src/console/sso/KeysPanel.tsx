import { Button } from '@mantine/core';
import { useState } from 'react';
import {
  type Connection,
  type SamlKeyView,
  samlKeyListSchema,
  samlKeyViewSchema,
} from '../../shared/contracts/hub-sso.ts';
import { Panel } from '../../shared-ui/Panel.tsx';
import { Tag } from '../../shared-ui/Tag.tsx';
import { When } from '../../shared-ui/When.tsx';
import { useConsoleText } from '../console-text.tsx';
import { Gate } from '../hub/Gate.tsx';
import { useRead } from '../hub/use-read.ts';
import { useHere } from '../organization-context.tsx';
import { DeleteDialog } from '../parts/DeleteDialog.tsx';
import { FormDialog } from '../parts/FormDialog.tsx';
import layout from '../parts/Layout.module.css';
import { Table } from '../parts/Table.tsx';
import { useChange } from '../parts/use-change.ts';

interface Asked {
  readonly what: 'sign' | 'retire';
  readonly key: SamlKeyView;
}
const SHOWN_DIGITS = 16;

/** The keys of this hub for a SAML provider, and their exchange: the next beside the present, then in its place. */
export function KeysPanel({ connection }: { readonly connection: Connection }) {
  const { api } = useHere();
  const path = api('connections', connection.id, 'saml-keys');
  const loaded = useRead({ path, answer: samlKeyListSchema });
  return <Gate loaded={loaded}>{({ keys }) => <Keys keys={keys} path={path} />}</Gate>;
}

function Keys({ keys, path }: { readonly keys: readonly SamlKeyView[]; readonly path: string }) {
  const { t } = useConsoleText();
  const [adding, setAdding] = useState(false);
  const [asked, setAsked] = useState<Asked | null>(null);
  const short = ({ fingerprint }: SamlKeyView) => `${fingerprint.slice(0, SHOWN_DIGITS)}…`;
  return (
    <Panel
      title={t('sso.keys')}
      text={t(keys.length === 1 ? 'sso.keysText' : 'sso.keysExchange')}
      flush
      actions={
        keys.length > 1 ? null : (
          <Button variant="default" size="xs" onClick={() => setAdding(true)}>
            {t('sso.keyAdd')}
          </Button>
        )
      }
    >
      <Table
        label={t('sso.keys')}
        rows={keys}
        rowKey={({ fingerprint }) => fingerprint}
        columns={[
          {
            title: t('sso.fingerprint'),
            cell: (key) => <code title={key.fingerprint}>{short(key)}</code>,
          },
          {
            title: t('sso.state'),
            cell: ({ signs }) => (
              <Tag tone={signs ? 'good' : 'neutral'}>
                {t(signs ? 'sso.keyState.signs' : 'sso.keyState.beside')}
              </Tag>
            ),
          },
          { title: t('sso.keySince'), cell: ({ validFrom }) => <When at={validFrom} /> },
          {
            title: t('sso.certificate'),
            cell: (key) => (
              <a
                className={layout.link}
                href={key.certificateUrl}
                aria-label={t('sso.keyFileNamed', { key: short(key) })}
              >
                {t('sso.keyFile')}
              </a>
            ),
          },
          {
            title: t('list.actions'),
            quiet: true,
            cell: (key) =>
              key.signs ? null : (
                <span className={layout.row}>
                  <Button
                    variant="default"
                    size="xs"
                    aria-label={t('sso.keySignNamed', { key: short(key) })}
                    onClick={() => setAsked({ what: 'sign', key })}
                  >
                    {t('sso.keySign')}
                  </Button>
                  <Button
                    variant="default"
                    size="xs"
                    aria-label={t('sso.keyRetireNamed', { key: short(key) })}
                    onClick={() => setAsked({ what: 'retire', key })}
                  >
                    {t('sso.keyRetire')}
                  </Button>
                </span>
              ),
          },
        ]}
      />
      {adding ? <Add path={path} onClose={() => setAdding(false)} /> : null}
      {asked?.what === 'sign' ? (
        <Sign path={`${path}/${asked.key.fingerprint}`} onClose={() => setAsked(null)} />
      ) : null}
      {asked?.what === 'retire' ? (
        <DeleteDialog
          title={t('sso.keyRetireTitle')}
          submit={t('sso.keyRetire')}
          path={`${path}/${asked.key.fingerprint}`}
          onClose={() => setAsked(null)}
        >
          <p>{t('sso.keyRetireText')}</p>
        </DeleteDialog>
      ) : null}
    </Panel>
  );
}

function Add({ path, onClose }: { readonly path: string; readonly onClose: () => void }) {
  const { t } = useConsoleText();
  const change = useChange();
  const submit = async () => {
    if ((await change.send({ method: 'POST', path, answer: samlKeyViewSchema })).ok) onClose();
  };
  return (
    <FormDialog
      title={t('sso.keyAddTitle')}
      submit={t('sso.keyAdd')}
      change={change}
      onClose={onClose}
      onSubmit={() => void submit()}
    >
      <p>{t('sso.keyAddText')}</p>
    </FormDialog>
  );
}

function Sign({ path, onClose }: { readonly path: string; readonly onClose: () => void }) {
  const { t } = useConsoleText();
  const change = useChange();
  const submit = async () => {
    const body = { signs: true };
    if ((await change.send({ method: 'PATCH', path, body, answer: samlKeyViewSchema })).ok) onClose();
  };
  return (
    <FormDialog
      title={t('sso.keySignTitle')}
      submit={t('sso.keySign')}
      change={change}
      onClose={onClose}
      onSubmit={() => void submit()}
    >
      <p>{t('sso.keySignText')}</p>
    </FormDialog>
  );
}
