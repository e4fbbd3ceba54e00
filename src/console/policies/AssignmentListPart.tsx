import { Button } from '@mantine/core';
import { useState } from 'react';
import type { Policy } from '../../shared/contracts/hub-api.ts';
import {
  type AssignmentFileAnswer,
  assignmentFileAnswerSchema,
  assignmentFileSchema,
  LARGEST_LIST,
} from '../../shared/contracts/hub-assignment-lists.ts';
import { Notice } from '../../shared-ui/Notice.tsx';
import { Tag } from '../../shared-ui/Tag.tsx';
import { useConsoleText } from '../console-text.tsx';
import { useHere } from '../organization-context.tsx';
import { checkForm } from '../parts/check-form.ts';
import { FailureNotice } from '../parts/FailureNotice.tsx';
import { Field } from '../parts/Field.tsx';
import { useFirstRows } from '../parts/first-rows.tsx';
import layout from '../parts/Layout.module.css';
import { Table } from '../parts/Table.tsx';
import { UploadButton } from '../parts/UploadButton.tsx';
import { useAsk } from '../parts/use-ask.ts';
import { useChange } from '../parts/use-change.ts';
import { type AddressList, listOf, NOTHING } from './pasted-list.ts';

type Result = AssignmentFileAnswer['results'][number];
const goes = ({ outcome }: Result) => outcome === 'assign' || outcome === 'move';

/** Assigns the policy to everybody of a pasted list or a CSV file, after saying line by line what would happen. */
export function AssignmentListPart({ policy }: { readonly policy: Policy }) {
  const { t } = useConsoleText();
  const { api } = useHere();
  const ask = useAsk();
  const change = useChange();
  const [text, setText] = useState('');
  const [list, setList] = useState<AddressList>(NOTHING);
  const [planned, setPlanned] = useState<readonly Result[] | null>(null);
  const [done, setDone] = useState<number | null>(null);
  const [problem, setProblem] = useState<string>();
  const typed = listOf(text);
  const request = (csv: string, dryRun: boolean) => ({
    method: 'POST' as const,
    path: api('policies', policy.id, 'users'),
    body: { csv, move: true, dryRun },
    answer: assignmentFileAnswerSchema,
  });
  const look = async (next: AddressList) => {
    setDone(null);
    setPlanned(null);
    setList(next);
    const checked = checkForm(assignmentFileSchema, request(next.csv, true).body);
    setProblem(checked.ok ? undefined : checked.problems.csv);
    if (!checked.ok) return;
    const answer = await ask.send(request(next.csv, true));
    if (answer.ok) setPlanned(answer.value.results);
  };
  const assign = async () => {
    const answer = await change.send(request(list.csv, false));
    if (!answer.ok) return;
    setPlanned(null);
    setText('');
    setDone(answer.value.results.filter(goes).length);
  };
  return (
    <div className={layout.stack}>
      <h3>{t('policies.assignMany')}</h3>
      <Field
        label={t('policies.addresses')}
        hint={t('policies.addressesHint')}
        rows={3}
        problem={problem}
        value={text}
        onChange={setText}
      />
      <div className={layout.row}>
        <Button
          size="xs"
          variant="default"
          disabled={typed.lines.length === 0}
          loading={ask.busy}
          onClick={() => void look(typed)}
        >
          {t('assignFile.check')}
        </Button>
        <UploadButton
          label={t('assignFile.file')}
          accept=".csv,text/csv"
          most={LARGEST_LIST}
          onText={(csv) => void look({ csv, lines: [] })}
        >
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
        <Planned results={planned} lines={list.lines} busy={change.busy} onAssign={() => void assign()} />
      )}
    </div>
  );
}

function Planned({
  results,
  lines,
  busy,
  onAssign,
}: {
  readonly results: readonly Result[];
  readonly lines: AddressList['lines'];
  readonly busy: boolean;
  readonly onAssign: () => void;
}) {
  const { t, number } = useConsoleText();
  const left = results.filter((result) => !goes(result));
  const going = results.length - left.length;
  // Who is left out comes first, where not all can be seen at once.
  const [rows, more] = useFirstRows([...left, ...results.filter(goes)]);
  return (
    <>
      <p role="status">
        {t('assignFile.would', { count: going })}{' '}
        {going === results.length ? null : t('assignFile.problems', { count: results.length - going })}
      </p>
      <Table
        label={t('assignFile.title')}
        rows={rows}
        rowKey={({ line }) => String(line)}
        columns={[
          { title: t('assignFile.line'), cell: ({ line }) => number(lines[line - 1] ?? line) },
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
      {more}
      <div className={layout.row}>
        <Button size="xs" disabled={going === 0} loading={busy} onClick={onAssign}>
          {t('assignFile.start', { count: going })}
        </Button>
      </div>
    </>
  );
}
