import Check from 'lucide-react/icons/check';
import Minus from 'lucide-react/icons/minus';
import type { PolicyAnswer } from '../../shared/contracts/local-api.ts';
import { Panel } from '../../shared-ui/Panel.tsx';
import { useText } from '../../shared-ui/text-context.tsx';
import { useNameOf } from '../agent/AgentSays.tsx';
import classes from './PrecedencePanel.module.css';

/** The order in which layers decide, strongest first, and which of them are there. */
export function PrecedencePanel({ precedence }: { readonly precedence: PolicyAnswer['precedence'] }) {
  const { t } = useText();
  const nameOf = useNameOf();
  return (
    <Panel title={t('policy.precedence')} text={t('policy.precedenceText')}>
      <ol className={classes.ranks}>
        {precedence.map((rank, index) => {
          const name = t(`source.${rank.source}`);
          return (
            <li key={rank.source} className={classes.rank} data-present={rank.present || undefined}>
              <span className={classes.number} aria-hidden>
                {index + 1}
              </span>
              <span className={classes.words}>
                <span className={classes.names}>
                  <span className={classes.name}>{name}</span>
                  {!rank.present ||
                  nameOf(rank.label) === name ||
                  rank.source === 'user' ||
                  rank.source === 'default' ? null : (
                    <span className={classes.label}>{nameOf(rank.label)}</span>
                  )}
                </span>
                <span className={classes.state}>
                  {rank.present ? <Check size={15} aria-hidden /> : <Minus size={15} aria-hidden />}
                  {t(rank.present ? 'policy.present' : 'policy.absent')}
                </span>
              </span>
            </li>
          );
        })}
      </ol>
    </Panel>
  );
}
