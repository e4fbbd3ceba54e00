import { Button } from '@mantine/core';
import Download from 'lucide-react/icons/download';
import { POLICY_FILE_FORMATS, type Policy } from '../../shared/contracts/hub-api.ts';
import { Panel } from '../../shared-ui/Panel.tsx';
import { useConsoleText } from '../console-text.tsx';
import { useHere } from '../organization-context.tsx';
import layout from '../parts/Layout.module.css';
import { ExportBundle } from './ExportBundle.tsx';

/** The policy as files, for other ways of bringing it to devices. */
export function ExportPanel({ policy }: { readonly policy: Policy }) {
  const { t } = useConsoleText();
  const { api, isOwner } = useHere();
  return (
    <div className={layout.stack}>
      <Panel title={t('export.title', { revision: policy.revision })} text={t('export.text')}>
        <div className={layout.stack}>
          {POLICY_FILE_FORMATS.map((format) => (
            <div key={format} className={layout.between}>
              <div>
                <strong>{t(`export.${format}`)}</strong>
                <p className={layout.dim}>{t(`export.${format}.text`)}</p>
              </div>
              <Button
                component="a"
                variant="default"
                size="xs"
                href={`${api('policies', policy.id, 'export')}?format=${format}`}
                download
                aria-label={t('export.downloadNamed', { file: t(`export.${format}`) })}
                leftSection={<Download size={14} aria-hidden />}
              >
                {t('export.download')}
              </Button>
            </div>
          ))}
        </div>
      </Panel>
      {isOwner ? <ExportBundle /> : null}
    </div>
  );
}
