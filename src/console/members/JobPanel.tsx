import { Button } from '@mantine/core';
import {
  type MemberJob,
  memberJobRefusalListSchema,
  memberJobSchema,
} from '../../shared/contracts/hub-member-jobs.ts';
import { Notice } from '../../shared-ui/Notice.tsx';
import { Panel } from '../../shared-ui/Panel.tsx';
import { useConsoleText } from '../console-text.tsx';
import { Gate } from '../hub/Gate.tsx';
import { useRead } from '../hub/use-read.ts';
import { useHere } from '../organization-context.tsx';
import layout from '../parts/Layout.module.css';
import { ServerList } from '../parts/ServerList.tsx';
import classes from './BulkBar.module.css';
import { useJobTitle } from './job-title.ts';

/**
 * How far something is that is done with many members. The hub does it: the page may be closed and loaded again, since
 * the address names the job.
 */
export function JobPanel({ id, onClose }: { readonly id: string; readonly onClose: () => void }) {
  const { api } = useHere();
  const loaded = useRead({ path: api('member-jobs', id), answer: memberJobSchema });
  return <Gate loaded={loaded}>{(job) => <Job job={job} onClose={onClose} />}</Gate>;
}

function Job({ job, onClose }: { readonly job: MemberJob; readonly onClose: () => void }) {
  const { t, number } = useConsoleText();
  const { waiting, done, refused } = job.counts;
  const all = waiting + done + refused;
  const { api } = useHere();
  const title = useJobTitle()(job.action);
  return (
    <Panel
      title={title}
      text={t('job.by', { actor: job.by })}
      actions={
        job.finishedAt === null ? null : (
          <Button variant="default" size="xs" onClick={onClose}>
            {t('action.close')}
          </Button>
        )
      }
    >
      <div className={layout.stack}>
        <progress className={classes.progress} aria-label={title} max={all} value={done + refused} />
        <p className={layout.dim} role="status">
          {t(job.finishedAt === null ? 'job.progress' : 'job.finished', {
            done: number(done),
            all: number(all),
          })}
        </p>
        {refused === 0 ? null : (
          <>
            <Notice tone="warn">{t('job.refused', { count: refused })}</Notice>
            <ServerList
              name="refused"
              label={t('job.refused', { count: refused })}
              path={api('member-jobs', job.id, 'refusals')}
              answer={memberJobRefusalListSchema}
              page={({ refused: rows, total, next }) => ({ rows, total, next })}
              rowKey={({ userId }) => userId}
              usualSort="email"
              search={t('job.refusedSearch')}
              empty={{ text: t('list.nothingFound') }}
              columns={[
                { title: t('job.member'), sort: 'email', cell: ({ email }) => email },
                { title: t('job.why'), cell: ({ detail }) => detail },
              ]}
            />
          </>
        )}
      </div>
    </Panel>
  );
}
