import { Button } from '@mantine/core';
import { defaultPolicyAnswerSchema, type Policy } from '../../shared/contracts/hub-api.ts';
import { Panel } from '../../shared-ui/Panel.tsx';
import { Tag } from '../../shared-ui/Tag.tsx';
import { useConsoleText } from '../console-text.tsx';
import { Gate } from '../hub/Gate.tsx';
import { useRead } from '../hub/use-read.ts';
import { useHere } from '../organization-context.tsx';
import { FailureNotice } from '../parts/FailureNotice.tsx';
import layout from '../parts/Layout.module.css';
import { useChange } from '../parts/use-change.ts';

/** Whether the policy is what everyone receives who has no other; made so, or ended, from what stands there now. */
export function DefaultPanel({ policy }: { readonly policy: Policy }) {
  const { t } = useConsoleText();
  const { api } = useHere();
  const change = useChange();
  const loaded = useRead({ path: api('default-policy'), answer: defaultPolicyAnswerSchema });
  const now = loaded.state === 'ready' ? loaded.value.policy : null;
  const isDefault = now?.id === policy.id;
  const set = () =>
    change.send({
      method: 'PUT',
      path: api('default-policy'),
      body: { policyId: isDefault ? null : policy.id },
      ifMatch: loaded.state === 'ready' ? (loaded.tag ?? '*') : '*',
      answer: defaultPolicyAnswerSchema,
    });
  return (
    <Panel
      title={t('policies.defaultTitle')}
      text={t('policies.defaultText')}
      actions={
        <Button
          size="xs"
          variant="default"
          disabled={loaded.state !== 'ready'}
          loading={change.busy}
          onClick={() => void set()}
        >
          {isDefault ? t('policies.defaultEnd') : t('policies.defaultMake')}
        </Button>
      }
    >
      <div className={layout.stack}>
        <Gate loaded={loaded}>
          {() =>
            isDefault ? (
              <Tag tone="accent">{t('policies.default')}</Tag>
            ) : (
              <p className={layout.dim}>
                {now === null ? t('policies.defaultNone') : t('policies.defaultOther', { policy: now.name })}
              </p>
            )
          }
        </Gate>
        <FailureNotice failure={change.failure} />
      </div>
    </Panel>
  );
}
