import type { Attention } from '../../shared/contracts/hub-overview.ts';
import { Notice } from '../../shared-ui/Notice.tsx';
import { Panel } from '../../shared-ui/Panel.tsx';
import { useConsoleText } from '../console-text.tsx';
import { useHere } from '../organization-context.tsx';
import layout from '../parts/Layout.module.css';
import { To } from '../parts/To.tsx';

/** What waits for somebody, the worst first, with the way to it. */
export function AttentionPanel({ attention }: { readonly attention: readonly Attention[] }) {
  const { t } = useConsoleText();
  return (
    <Panel title={t('overview.attention')}>
      {attention.length === 0 ? (
        <Notice tone="good">{t('overview.attentionNone')}</Notice>
      ) : (
        <div className={layout.stack}>
          {attention.map((each) => (
            <Item key={`${each.kind} ${each.id} ${each.detail}`} item={each} />
          ))}
        </div>
      )}
    </Panel>
  );
}

function Item({ item }: { readonly item: Attention }) {
  const { t } = useConsoleText();
  const place = usePlace(item);
  const { kind, name, count, severity } = item;
  const detail = kind === 'domain_failing' ? t('attention.domain_failingText') : item.detail;
  return (
    <Notice
      tone={severity === 'error' ? 'bad' : 'warn'}
      title={t(`attention.${kind}`, { name, count })}
      actions={<To page={place}>{t('overview.look')}</To>}
    >
      {detail === '' ? undefined : detail}
    </Notice>
  );
}

/** Where what it is about is mended. */
function usePlace({ kind, id }: Attention): string {
  const { page } = useHere();
  switch (kind) {
    case 'domain_failing':
      return page('domains');
    case 'broken_files':
    case 'refused_bundles':
    case 'drifting':
      return `${page('compliance')}?hide=1`;
    default:
      return id === null ? page('sso') : page('sso', id);
  }
}
