import { Tag } from '../../shared-ui/Tag.tsx';
import { useConsoleText } from '../console-text.tsx';
import { withoutPlace } from './check-text.ts';
import classes from './ProblemList.module.css';

interface ShownProblem {
  readonly severity: 'error' | 'warning';
  readonly path: string;
  readonly message: string;
  readonly line?: number | undefined;
  readonly column?: number | undefined;
}

/** What is wrong in a document, with its line where it is known. */
export function ProblemList({ problems }: { readonly problems: readonly ShownProblem[] }) {
  const { t } = useConsoleText();
  return (
    <ul className={classes.list} aria-label={t('policy.problems')}>
      {problems.map((problem, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: problems have no name of their own
        <li key={index}>
          <Tag tone={problem.severity === 'error' ? 'bad' : 'warn'}>{t(`severity.${problem.severity}`)}</Tag>
          <span>
            {problem.line === undefined ? null : (
              <strong>
                {t('policies.problemAt', { line: problem.line, column: problem.column ?? 1 })}:{' '}
              </strong>
            )}
            {problem.path === '' ? null : <code>{problem.path} </code>}
            {withoutPlace(problem)}
          </span>
        </li>
      ))}
    </ul>
  );
}
