import { Button } from '@mantine/core';
import { useState } from 'react';
import { type ScimSettings, scimTokenCreationAnswerSchema } from '../../shared/contracts/hub-provisioning.ts';
import { CopyButton } from '../../shared-ui/CopyButton.tsx';
import { Notice } from '../../shared-ui/Notice.tsx';
import { Panel } from '../../shared-ui/Panel.tsx';
import { When } from '../../shared-ui/When.tsx';
import { useConsoleText } from '../console-text.tsx';
import { DeleteDialog } from '../parts/DeleteDialog.tsx';
import { FailureNotice } from '../parts/FailureNotice.tsx';
import { FormDialog } from '../parts/FormDialog.tsx';
import layout from '../parts/Layout.module.css';
import { Table } from '../parts/Table.tsx';
import { useChange } from '../parts/use-change.ts';

const VALID_AT_ONCE = 2;

/** The tokens of a connection: made (shown once), followed by a successor, revoked. */
export function ScimTokens({ scim, path }: { readonly scim: ScimSettings; readonly path: string }) {
  const { t } = useConsoleText();
  const change = useChange();
  const [secret, setSecret] = useState<string | null>(null);
  const [asking, setAsking] = useState<'rotate' | { readonly revoke: string } | null>(null);
  const { tokens } = scim;
  const make = async () => {
    const answer = await change.send({ method: 'POST', path, answer: scimTokenCreationAnswerSchema });
    if (!answer.ok) return false;
    setSecret(answer.value.secret);
    return true;
  };
  return (
    <Panel
      title={t('scim.tokens')}
      text={t('scim.tokensText')}
      actions={
        <Button
          size="xs"
          loading={change.busy}
          onClick={() => (tokens.length < VALID_AT_ONCE ? void make() : setAsking('rotate'))}
        >
          {t(tokens.length === 0 ? 'scim.tokenNew' : 'scim.tokenRotate')}
        </Button>
      }
    >
      <div className={layout.stack}>
        {asking === 'rotate' ? null : <FailureNotice failure={change.failure} />}
        {secret === null ? null : <Secret secret={secret} onDone={() => setSecret(null)} />}
        {tokens.length === 0 ? (
          <p className={layout.dim}>{t('scim.tokenNone')}</p>
        ) : (
          <TokenTable tokens={tokens} onRevoke={(revoke) => setAsking({ revoke })} />
        )}
      </div>
      {asking === 'rotate' ? (
        <FormDialog
          title={t('scim.rotateTitle')}
          submit={t('scim.tokenRotate')}
          change={change}
          onClose={() => setAsking(null)}
          onSubmit={() => void make().then((made) => made && setAsking(null))}
        >
          <p>{t('scim.rotateText')}</p>
        </FormDialog>
      ) : null}
      {asking === null || asking === 'rotate' ? null : (
        <Revoke path={`${path}/${asking.revoke}`} onClose={() => setAsking(null)} />
      )}
    </Panel>
  );
}

function TokenTable({
  tokens,
  onRevoke,
}: {
  readonly tokens: ScimSettings['tokens'];
  readonly onRevoke: (id: string) => void;
}) {
  const { t } = useConsoleText();
  const named = tokens.map((token, index) => ({
    ...token,
    name: t(index === 0 ? 'scim.tokenNewest' : 'scim.tokenBefore'),
  }));
  return (
    <Table
      label={t('scim.tokens')}
      rows={named}
      rowKey={({ id }) => id}
      columns={[
        { title: t('scim.token'), cell: ({ name }) => name },
        { title: t('scim.tokenCreated'), cell: ({ createdAt }) => <When at={createdAt} /> },
        { title: t('scim.tokenUsed'), cell: ({ lastUsedAt }) => <When at={lastUsedAt} /> },
        {
          title: t('list.actions'),
          quiet: true,
          cell: ({ id, name }) => (
            <Button
              variant="default"
              size="xs"
              aria-label={t('scim.tokenRevokeNamed', { name })}
              onClick={() => onRevoke(id)}
            >
              {t('scim.tokenRevoke')}
            </Button>
          ),
        },
      ]}
    />
  );
}

function Secret({ secret, onDone }: { readonly secret: string; readonly onDone: () => void }) {
  const { t } = useConsoleText();
  return (
    <Notice
      tone="good"
      live
      title={t('scim.tokenMade')}
      actions={
        <Button variant="default" size="xs" onClick={onDone}>
          {t('scim.tokenKept')}
        </Button>
      }
    >
      <p>{t('scim.tokenOnce')}</p>
      <div className={layout.secret}>
        <code>{secret}</code>
        <CopyButton text={() => secret} label={t('scim.tokenCopy')} />
      </div>
    </Notice>
  );
}

function Revoke({ path, onClose }: { readonly path: string; readonly onClose: () => void }) {
  const { t } = useConsoleText();
  return (
    <DeleteDialog
      title={t('scim.tokenRevokeTitle')}
      submit={t('scim.tokenRevoke')}
      path={path}
      onClose={onClose}
    >
      <p>{t('scim.tokenRevokeText')}</p>
    </DeleteDialog>
  );
}
