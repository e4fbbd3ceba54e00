import { Button } from '@mantine/core';
import { useState } from 'react';
import { type Connection, connectionSchema } from '../../shared/contracts/hub-sso.ts';
import { Notice } from '../../shared-ui/Notice.tsx';
import { PageHead } from '../../shared-ui/PageHead.tsx';
import { Tag } from '../../shared-ui/Tag.tsx';
import { useConsoleText } from '../console-text.tsx';
import { useJustDeleted } from '../deletions/just-deleted.ts';
import { useRead } from '../hub/use-read.ts';
import { MigrationPart } from '../migration/MigrationPart.tsx';
import { useHere } from '../organization-context.tsx';
import { DeleteDialog } from '../parts/DeleteDialog.tsx';
import layout from '../parts/Layout.module.css';
import { PageGate } from '../parts/PageGate.tsx';
import { PageParts } from '../parts/PageParts.tsx';
import { ScimPart } from '../scim/ScimPart.tsx';
import { ConnectionState } from './ConnectionsPage.tsx';
import { ConnectionTag } from './connection-tag.ts';
import { FailuresPart } from './FailuresPart.tsx';
import { SetUpPart } from './SetUpPart.tsx';
import { SharingPart } from './SharingPart.tsx';
import { SignInPart } from './SignInPart.tsx';
import { TestPart } from './TestPart.tsx';

const PARTS = ['set-up', 'sign-in', 'test', 'errors', 'scim', 'migration', 'organizations'] as const;

/** One identity provider: set-up, who signs in by it, test, failures, SCIM, and the move to it. */
export function ConnectionPage({ id, part }: { readonly id: string; readonly part: string | undefined }) {
  const { api } = useHere();
  const loaded = useRead({ path: api('connections', id), answer: connectionSchema });
  return (
    <PageGate loaded={loaded} list="sso">
      {(connection, tag) => (
        <ConnectionTag value={tag ?? '*'}>
          <Detail connection={connection} part={PARTS.find((each) => each === part) ?? 'set-up'} />
        </ConnectionTag>
      )}
    </PageGate>
  );
}

function Detail({
  connection,
  part,
}: {
  readonly connection: Connection;
  readonly part: (typeof PARTS)[number];
}) {
  const { t } = useConsoleText();
  const { page } = useHere();
  const [removing, setRemoving] = useState(false);
  return (
    <>
      <PageHead
        title={connection.name}
        text={
          <span className={layout.row}>
            <Tag>{t(`sso.kind.${connection.kind}`)}</Tag>
            <ConnectionState connection={connection} />
          </span>
        }
        actions={
          <Button variant="default" size="xs" onClick={() => setRemoving(true)}>
            {t('sso.remove')}
          </Button>
        }
      />
      <PageParts
        label={t('sso.parts')}
        parts={PARTS.map((each) => ({
          page: each === 'set-up' ? page('sso', connection.id) : page('sso', connection.id, each),
          text: t(`sso.part.${each}`),
          current: each === part,
        }))}
      />
      {connection.warnings.length === 0 ? null : (
        <Notice tone="warn">
          <ul className={layout.plain}>
            {connection.warnings.map(({ code, message }) => (
              <li key={`${code} ${message}`}>{message}</li>
            ))}
          </ul>
        </Notice>
      )}
      <Part connection={connection} part={part} />
      {removing ? <Remove connection={connection} onClose={() => setRemoving(false)} /> : null}
    </>
  );
}

function Part({
  connection,
  part,
}: {
  readonly connection: Connection;
  readonly part: (typeof PARTS)[number];
}) {
  switch (part) {
    case 'set-up':
      return <SetUpPart connection={connection} />;
    case 'sign-in':
      return <SignInPart connection={connection} />;
    case 'test':
      return <TestPart connection={connection} />;
    case 'errors':
      return <FailuresPart connection={connection} />;
    case 'scim':
      return <ScimPart connection={connection} />;
    case 'migration':
      return <MigrationPart connection={connection} />;
    case 'organizations':
      return <SharingPart connection={connection} />;
  }
}

function Remove({ connection, onClose }: { readonly connection: Connection; readonly onClose: () => void }) {
  const { t } = useConsoleText();
  const { api, page } = useHere();
  const { tell } = useJustDeleted();
  return (
    <DeleteDialog
      title={t('sso.removeTitle', { name: connection.name })}
      submit={t('sso.remove')}
      path={api('connections', connection.id)}
      onClose={onClose}
      onDone={() => tell(connection, page('sso'))}
    >
      <p>{t('sso.removeText')}</p>
      <p className={layout.dim}>{t('sso.removeKept')}</p>
    </DeleteDialog>
  );
}
