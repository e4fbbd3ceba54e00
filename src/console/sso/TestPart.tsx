import { Button, Loader } from '@mantine/core';
import ExternalLink from 'lucide-react/icons/external-link';
import { useState } from 'react';
import {
  type Connection,
  type ConnectionTestOutcome,
  connectionTestOutcomeSchema,
  connectionTestSchema,
} from '../../shared/contracts/hub-sso.ts';
import { Notice } from '../../shared-ui/Notice.tsx';
import { Panel } from '../../shared-ui/Panel.tsx';
import { When } from '../../shared-ui/When.tsx';
import { useConsoleText } from '../console-text.tsx';
import { Gate } from '../hub/Gate.tsx';
import { useRead } from '../hub/use-read.ts';
import { useHere } from '../organization-context.tsx';
import { FailureNotice } from '../parts/FailureNotice.tsx';
import layout from '../parts/Layout.module.css';
import { Table } from '../parts/Table.tsx';
import { To } from '../parts/To.tsx';
import { useChange } from '../parts/use-change.ts';
import { useFilters } from '../parts/use-filters.ts';

interface Begun {
  readonly id: string;
  readonly url: string;
  readonly expiresAt: string;
}

const LOOK_EVERY_MS = 1_500;

/** A sign-in that signs nobody in and shows what came. Which test is in the address; its link, a secret, is not. */
export function TestPart({ connection }: { readonly connection: Connection }) {
  const { t } = useConsoleText();
  const { api, page } = useHere();
  const filters = useFilters();
  const change = useChange();
  const [begun, setBegun] = useState<Begun | null>(null);
  const testId = filters.get('test');
  const begin = async () => {
    const path = api('connections', connection.id, 'tests');
    const answer = await change.send({ method: 'POST', path, answer: connectionTestSchema });
    if (!answer.ok) return;
    setBegun(answer.value);
    filters.set('test', answer.value.id);
  };
  if (!connection.ready)
    return (
      <Notice tone="warn">
        {t('sso.testNotReady')} <To page={page('sso', connection.id)}>{t('sso.toSetUp')}</To>
      </Notice>
    );
  return (
    <>
      <Panel
        title={t('sso.test')}
        text={t('sso.testText')}
        actions={
          <Button size="xs" loading={change.busy} onClick={() => void begin()}>
            {t(testId === '' ? 'sso.testStart' : 'sso.testAgain')}
          </Button>
        }
      >
        <FailureNotice failure={change.failure} />
      </Panel>
      {testId === '' ? null : (
        <Outcome
          connectionId={connection.id}
          testId={testId}
          begun={begun !== null && begun.id === testId ? begun : null}
        />
      )}
    </>
  );
}

function Leave({ begun }: { readonly begun: Begun }) {
  const { t } = useConsoleText();
  return (
    <div className={layout.row}>
      <Button
        component="a"
        href={begun.url}
        target="_blank"
        rel="noopener"
        leftSection={<ExternalLink size={16} aria-hidden />}
      >
        {t('sso.testOpen')}
      </Button>
      <span className={layout.dim}>
        {t('sso.testUntil')} <When within at={begun.expiresAt} />.
      </span>
    </div>
  );
}

/** `begun`: its link, where this page has it. */
function Outcome({
  connectionId,
  testId,
  begun,
}: {
  readonly connectionId: string;
  readonly testId: string;
  readonly begun: Begun | null;
}) {
  const { t } = useConsoleText();
  const { api } = useHere();
  const loaded = useRead(
    { path: api('connections', connectionId, 'tests', testId), answer: connectionTestOutcomeSchema },
    { again: { everyMs: LOOK_EVERY_MS, while: ({ state }) => state === 'waiting' } },
  );
  if (loaded.state === 'failed' && loaded.failure.kind === 'refused' && loaded.failure.status === 404)
    return (
      <Notice tone="warn" live>
        {t('sso.testGone')}
      </Notice>
    );
  return (
    <Gate loaded={loaded}>
      {(outcome) =>
        outcome.state === 'waiting' ? (
          <>
            {/* Once there is an answer the link is used up. */}
            {begun === null ? null : <Leave begun={begun} />}
            <p className={layout.row} role="status">
              <Loader size="xs" aria-hidden /> {t('sso.testWaiting')}
            </p>
          </>
        ) : (
          <Result outcome={outcome} />
        )
      }
    </Gate>
  );
}

function Result({ outcome }: { readonly outcome: ConnectionTestOutcome }) {
  const { t } = useConsoleText();
  const { failure, email, attributes, warnings } = outcome;
  return (
    <>
      {failure === null ? (
        <Notice tone="good" live title={t('sso.testWorked')}>
          {email === null ? null : (
            <>
              {t('sso.testEmail')} <strong>{email}</strong>
            </>
          )}
        </Notice>
      ) : (
        <Notice tone="bad" live title={t('sso.testFailed')}>
          <p>
            {failure.detail} {failure.help}
          </p>
          <code>{failure.class}</code>
        </Notice>
      )}
      {warnings.map(({ code, message }) => (
        <Notice key={`${code} ${message}`} tone="warn" live>
          {message}
        </Notice>
      ))}
      <Panel title={t('sso.testAttributes')} flush>
        {attributes.length === 0 ? (
          <p className={layout.dim}>{t('sso.testNoAttributes')}</p>
        ) : (
          <Table
            label={t('sso.testAttributes')}
            rows={attributes}
            rowKey={({ name }) => name}
            columns={[
              { title: t('sso.attribute'), cell: ({ name }) => <code>{name}</code> },
              {
                title: t('sso.attributeValues'),
                cell: ({ values }) => (
                  <ul className={layout.plain}>
                    {[...new Set(values)].map((value) => (
                      <li key={value}>{value}</li>
                    ))}
                  </ul>
                ),
              },
            ]}
          />
        )}
      </Panel>
    </>
  );
}
