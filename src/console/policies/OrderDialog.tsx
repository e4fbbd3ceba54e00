import { Button } from '@mantine/core';
import ArrowDown from 'lucide-react/icons/arrow-down';
import ArrowUp from 'lucide-react/icons/arrow-up';
import { useState } from 'react';
import { policyListSchema } from '../../shared/contracts/hub-api.ts';
import { useConsoleText } from '../console-text.tsx';
import { Gate } from '../hub/Gate.tsx';
import { useRead } from '../hub/use-read.ts';
import { useHere } from '../organization-context.tsx';
import { FormDialog } from '../parts/FormDialog.tsx';
import layout from '../parts/Layout.module.css';
import { useChange } from '../parts/use-change.ts';

const ALL = 500;

/** Says that it does nothing here, and keeps the focus of whoever pressed it until here. */
const atEnd = (end: boolean) => (end ? { 'data-disabled': true, 'aria-disabled': true } : {});

/** The order of the list: who is in several teams receives the policy that stands first. */
export function OrderDialog({ onClose }: { readonly onClose: () => void }) {
  const { t, list } = useConsoleText();
  const { api } = useHere();
  const change = useChange();
  const loaded = useRead({ path: api('policies'), query: { limit: ALL }, answer: policyListSchema });
  const [order, setOrder] = useState<readonly string[] | null>(null);
  const present = loaded.state === 'ready' ? loaded.value.policies.map(({ id }) => id) : [];
  const shown = order ?? present;
  const move = (from: number, to: number) => {
    if (to < 0 || to >= shown.length) return;
    const next = [...shown];
    next.splice(to, 0, ...next.splice(from, 1));
    setOrder(next);
  };
  const save = async () => {
    const answer = await change.send({
      method: 'PUT',
      path: api('policy-order'),
      body: { policyIds: [...shown] },
      answer: policyListSchema,
    });
    if (answer.ok) onClose();
  };
  return (
    <FormDialog
      title={t('policies.order')}
      submit={t('action.save')}
      disabled={order === null}
      change={change}
      onClose={onClose}
      onSubmit={() => void save()}
    >
      <p>{t('policies.orderText')}</p>
      <Gate loaded={loaded}>
        {({ policies }) => (
          <ol className={layout.plain}>
            {shown.map((id, index) => {
              const policy = policies.find((each) => each.id === id);
              if (policy === undefined) return null;
              const { name, teams } = policy;
              return (
                <li key={id} className={layout.between}>
                  <span>
                    {index + 1}. {name}{' '}
                    <span className={layout.dim}>{list(teams.map((team) => team.name))}</span>
                  </span>
                  <span className={layout.row}>
                    <Button
                      size="xs"
                      variant="default"
                      {...atEnd(index === 0)}
                      aria-label={t('policies.moveUp', { policy: name })}
                      onClick={() => move(index, index - 1)}
                    >
                      <ArrowUp size={14} aria-hidden />
                    </Button>
                    <Button
                      size="xs"
                      variant="default"
                      {...atEnd(index === shown.length - 1)}
                      aria-label={t('policies.moveDown', { policy: name })}
                      onClick={() => move(index, index + 1)}
                    >
                      <ArrowDown size={14} aria-hidden />
                    </Button>
                  </span>
                </li>
              );
            })}
          </ol>
        )}
      </Gate>
    </FormDialog>
  );
}
