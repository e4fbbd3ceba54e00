import { type AttentionItem, attentionSchema } from '../../shared/contracts/hub-attention.ts';
import { Notice } from '../../shared-ui/Notice.tsx';
import { Panel } from '../../shared-ui/Panel.tsx';
import { When } from '../../shared-ui/When.tsx';
import { useConsoleText } from '../console-text.tsx';
import { Gate } from '../hub/Gate.tsx';
import { useRead } from '../hub/use-read.ts';
import { useHere } from '../organization-context.tsx';
import layout from '../parts/Layout.module.css';
import { To } from '../parts/To.tsx';

/** What waits for somebody, the worst first, with the way to it: the hub's own words, as its command line says them. */
export function AttentionPanel() {
  const { t } = useConsoleText();
  const { api } = useHere();
  const loaded = useRead({ path: api('attention'), answer: attentionSchema });
  return (
    <Panel title={t('overview.attention')}>
      <Gate loaded={loaded}>
        {({ items }) =>
          items.length === 0 ? (
            <Notice tone="good">{t('overview.attentionNone')}</Notice>
          ) : (
            <div className={layout.stack}>
              {items.map((item) => (
                <Item key={`${item.code} ${item.about.id} ${item.message}`} item={item} />
              ))}
            </div>
          )
        }
      </Gate>
    </Panel>
  );
}

function Item({ item: { code, severity, about, message, help, since } }: { readonly item: AttentionItem }) {
  const { t } = useConsoleText();
  const { page } = useHere();
  return (
    <Notice
      tone={severity === 'error' ? 'bad' : 'warn'}
      title={message}
      actions={
        <To page={placeOf({ code, about }, page)} name={t('overview.lookNamed', { what: message })}>
          {t('overview.look')}
        </To>
      }
    >
      {help}
      {since === null ? null : (
        <div className={layout.dim}>
          {t('overview.since')} <When within at={since} />
        </div>
      )}
    </Notice>
  );
}

/** The log of the connection where the failures stand, by code. */
const LOGS: Readonly<Record<string, string>> = { scim_refused: 'scim', sign_in_failing: 'errors' };

/** Where what it is about is mended. */
function placeOf(
  { code, about }: Pick<AttentionItem, 'code' | 'about'>,
  page: (...parts: readonly string[]) => string,
): string {
  switch (about.kind) {
    case 'organization':
      return page('organization');
    case 'domain':
      return page('domains');
    case 'connection':
      return page('sso', ...[about.id ?? '', LOGS[code] ?? ''].filter((part) => part !== ''));
    case 'devices':
      return `${page('compliance')}?hide=1`;
  }
}
