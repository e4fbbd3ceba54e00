import { Button, TextInput } from '@mantine/core';
import ArrowDown from 'lucide-react/icons/arrow-down';
import ArrowUp from 'lucide-react/icons/arrow-up';
import { type KeyboardEvent, useState } from 'react';
import type { z } from 'zod';
import { policyListSchema, policyOrderListSchema } from '../../shared/contracts/hub-api.ts';
import { useConsoleText } from '../console-text.tsx';
import { Gate } from '../hub/Gate.tsx';
import { useRead } from '../hub/use-read.ts';
import { useHere } from '../organization-context.tsx';
import { FormDialog } from '../parts/FormDialog.tsx';
import layout from '../parts/Layout.module.css';
import { Overtaken } from '../parts/Overtaken.tsx';
import { useChange } from '../parts/use-change.ts';
import { useMadeFrom } from '../parts/use-made-from.ts';
import classes from './OrderDialog.module.css';

type Ordered = z.infer<typeof policyOrderListSchema>['policies'];

/** The order of the list: who is in several teams receives the policy that stands first. */
export function OrderDialog({ onClose }: { readonly onClose: () => void }) {
  const { t } = useConsoleText();
  const { api } = useHere();
  const change = useChange();
  const loaded = useRead({ path: api('policy-order'), answer: policyOrderListSchema });
  const present = loaded.state === 'ready' ? loaded.value.policies : [];
  const made = useMadeFrom(present, loaded.state === 'ready' ? (loaded.tag ?? '*') : '*', change);
  const [order, setOrder] = useState<readonly string[] | null>(null);
  const shown = inOrder(present, order);
  const move = (from: number, to: number) => {
    const next = shown.map(({ id }) => id);
    next.splice(Math.min(Math.max(to, 0), next.length - 1), 0, ...next.splice(from, 1));
    made.begin();
    setOrder(next);
  };
  const save = async () => {
    const answer = await change.send({
      method: 'PUT',
      path: api('policy-order'),
      body: { policyIds: shown.map(({ id }) => id) },
      ifMatch: made.tag,
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
      <Overtaken
        overtaken={made.overtaken}
        fields={[[t('policies.order'), (each) => each.map(({ name }) => name).join(', ')]]}
        onTheirs={() => {
          setOrder(null);
          change.forget();
          made.end();
        }}
      />
      <Gate loaded={loaded}>
        {() => (
          <ol className={`${layout.plain} ${classes.places}`}>
            {shown.map((policy, index) => (
              <Place key={policy.id} policy={policy} index={index} last={shown.length - 1} onMove={move} />
            ))}
          </ol>
        )}
      </Gate>
    </FormDialog>
  );
}

/** What is there now, in the order that was made; what came since stands last, what went is gone. */
function inOrder(present: Ordered, order: readonly string[] | null): Ordered {
  if (order === null) return present;
  const rank = new Map(order.map((id, index) => [id, index]));
  return present.toSorted((a, b) => (rank.get(a.id) ?? order.length) - (rank.get(b.id) ?? order.length));
}

/** Says that it does nothing here, and keeps the focus of whoever pressed it until here. */
const atEnd = (end: boolean) => (end ? { 'data-disabled': true, 'aria-disabled': true } : {});

interface PlaceProps {
  readonly policy: Ordered[number];
  readonly index: number;
  readonly last: number;
  readonly onMove: (from: number, to: number) => void;
}

/** One policy: a step up or down by a button, to either end by Home and End on it, anywhere by its number. */
function Place({ policy: { name, teams }, index, last, onMove }: PlaceProps) {
  const { t, list } = useConsoleText();
  const toEnds = (event: KeyboardEvent) => {
    if (event.key !== 'Home' && event.key !== 'End') return;
    event.preventDefault();
    onMove(index, event.key === 'Home' ? 0 : last);
  };
  return (
    <li className={classes.place}>
      <span className={classes.name}>
        <Position key={index} name={name} index={index} last={last} onMove={onMove} />
        <span>
          {name} <span className={layout.dim}>{list(teams)}</span>
        </span>
      </span>
      <span className={classes.steps}>
        <Button
          size="xs"
          variant="default"
          {...atEnd(index === 0)}
          aria-label={t('policies.moveUp', { policy: name })}
          onKeyDown={toEnds}
          onClick={() => (index === 0 ? undefined : onMove(index, index - 1))}
        >
          <ArrowUp size={14} aria-hidden />
        </Button>
        <Button
          size="xs"
          variant="default"
          {...atEnd(index === last)}
          aria-label={t('policies.moveDown', { policy: name })}
          onKeyDown={toEnds}
          onClick={() => (index === last ? undefined : onMove(index, index + 1))}
        >
          <ArrowDown size={14} aria-hidden />
        </Button>
      </span>
    </li>
  );
}

/** The number of a place; another one typed and entered moves the policy there. */
function Position({
  name,
  index,
  last,
  onMove,
}: Pick<PlaceProps, 'index' | 'last' | 'onMove'> & { readonly name: string }) {
  const { t } = useConsoleText();
  const [typed, setTyped] = useState(String(index + 1));
  const enter = () => {
    const to = Number(typed);
    if (Number.isInteger(to) && to >= 1 && to - 1 !== index) onMove(index, Math.min(to - 1, last));
    else setTyped(String(index + 1));
  };
  return (
    <TextInput
      size="xs"
      className={classes.position}
      inputMode="numeric"
      aria-label={t('policies.position', { policy: name })}
      value={typed}
      onChange={(event) => setTyped(event.currentTarget.value)}
      onBlur={enter}
      onKeyDown={(event) => {
        if (event.key !== 'Enter') return;
        // Enter here is for the number, not for the form.
        event.preventDefault();
        enter();
      }}
    />
  );
}
