import OctagonAlert from 'lucide-react/icons/octagon-alert';
import TriangleAlert from 'lucide-react/icons/triangle-alert';
import type { PolicyAnswer } from '../../shared/contracts/local-api.ts';
import { Panel } from '../../shared-ui/Panel.tsx';
import { useText } from '../../shared-ui/text-context.tsx';
import { AgentSays } from '../agent/AgentSays.tsx';
import classes from './ProblemsPanel.module.css';

type Problem = PolicyAnswer['problems'][number];

/** What is wrong in the documents, each with its place and how to mend it. Absent where nothing is. */
export function ProblemsPanel({ problems }: { readonly problems: readonly Problem[] }) {
  const { t } = useText();
  if (problems.length === 0) return null;
  return (
    <Panel title={t('policy.problems')} flush>
      <ul className={classes.problems}>
        {problems.map((problem) => (
          <li
            key={`${problem.source} ${problem.code} ${problem.path} ${problem.message}`}
            className={classes.problem}
            data-severity={problem.severity}
          >
            {problem.severity === 'error' ? (
              <OctagonAlert size={17} aria-hidden />
            ) : (
              <TriangleAlert size={17} aria-hidden />
            )}
            <div className={classes.words}>
              <p className={classes.message}>
                <span className="visually-hidden">{t(`severity.${problem.severity}`)}: </span>
                <AgentSays words={problem.message} />
              </p>
              <p className={classes.where}>
                <Where problem={problem} />
              </p>
            </div>
          </li>
        ))}
      </ul>
    </Panel>
  );
}

function Where({ problem }: { readonly problem: Problem }) {
  const { t } = useText();
  const { line, column } = problem;
  const place =
    line === undefined
      ? null
      : column === undefined
        ? t('policy.problemAtLine', { line })
        : t('policy.problemAt', { line, column });
  return (
    <>
      {t(`source.${problem.source}`)}
      {place === null ? null : `, ${place}`}
      {problem.path === '' ? null : (
        <>
          {' · '}
          <code>{problem.path}</code>
        </>
      )}
      {' · '}
      <code>{problem.code}</code>
    </>
  );
}
