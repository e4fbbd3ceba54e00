import { Button } from '@mantine/core';
import { useState } from 'react';
import type { Policy } from '../../shared/contracts/hub-api.ts';
import {
  type AssignmentFileAnswer,
  assignmentFileAnswerSchema,
} from '../../shared/contracts/hub-assignment-lists.ts';
import { Notice } from '../../shared-ui/Notice.tsx';
import { Tag } from '../../shared-ui/Tag.tsx';
import { useConsoleText } from '../console-text.tsx';
import { useHere } from '../organization-context.tsx';
import { FailureNotice } from '../parts/FailureNotice.tsx';
import layout from '../parts/Layout.module.css';
import { Table } from '../parts/Table.tsx';
import { UploadButton } from '../parts/UploadButton.tsx';
import { useAsk } from '../parts/use-ask.ts';
import { useChange } from '../parts/use-change.ts';

type Result = AssignmentFileAnswer['results'][number];
const goes = ({ outcome }: Result) => outcome === 'assign' || outcome === 'move';

/** Assigns the policy to everybody of a CSV file, after saying line by line what would happen. */
export function AssignmentFilePart({ policy }: { readonly policy: Policy }) {
  const { t } = useConsoleText();
  const { api } = useHere();
  const ask = useAsk();
  const change = useChange();
  const [csv, setCsv] = useState('');
  const [planned, setPlanned] = useState<readonly Result[] | null>(null);
  const [done, setDone] = useState<number | null>(null);
  const request = (text: string, dryRun: boolean) => ({
    method: 'POST' as const,
    path: api('policies', policy.id, 'users'),
    body: { csv: text, move: true, dryRun },
    answer: assignmentFileAnswerSchema,
  });
  const look = async (text: string) => {
    setDone(null);
    setPlanned(null);
    setCsv(text);
    const answer = await ask.send(request(text, true));
    if (answer.ok) setPlanned(answer.value.results);
  };
  const assign = async () => {
    const answer = await change.send(request(csv, false));
    if (!answer.ok) return;
    setPlanned(null);
    setDone(answer.value.results.filter(goes).length);
  };
  return (
    <div className={layout.stack}>
      <h3>{t('assignFile.title')}</h3>
      <p className={layout.dim}>{t('assignFile.text')}</p>
      <div className={layout.row}>
        <UploadButton label={t('assignFile.file')} accept=".csv,text/csv" onText={(text) => void look(text)}>
          {t('assignFile.choose')}
        </UploadButton>
      </div>
      <FailureNotice failure={ask.failure ?? change.failure} />
      {done === null ? null : (
        <Notice tone="good" live>
          {t('assignFile.done', { count: done })}
        </Notice>
      )}
      {planned === null ? null : (
        <Planned results={planned} busy={change.busy} onAssign={() => void assign()} />
      )}
    </div>
  );
}

function Planned({
  results,
  busy,
  onAssign,
}: {
  readonly results: readonly Result[];
  readonly busy: boolean;
  readonly onAssign: () => void;
}) {
  const { t, number } = useConsoleText();
  const going = results.filter(goes).length;
  return (
    <>
      <p role="status">
        {t('assignFile.would', { count: going })}{' '}
        {going === results.length ? null : t('assignFile.problems', { count: results.length - going })}
      </p>
      <Table
        label={t('assignFile.title')}
        rows={results}
        rowKey={({ line }) => String(line)}
        columns={[
          { title: t('assignFile.line'), cell: ({ line }) => number(line) },
          { title: t('members.email'), cell: ({ email }) => email },
          {
            title: t('assignFile.outcome'),
            cell: (result) => (
              <Tag tone={goes(result) ? 'good' : 'warn'}>
                {t(`assignFile.${result.outcome}`, { policy: result.from ?? '' })}
              </Tag>
            ),
          },
        ]}
      />
      <div className={layout.row}>
        <Button size="xs" disabled={going === 0} loading={busy} onClick={onAssign}>
          {t('assignFile.start', { count: going })}
        </Button>
      </div>
    </>
  );
}
