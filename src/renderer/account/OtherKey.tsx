import { Checkbox } from '@mantine/core';
import { useState } from 'react';
import { hubKeyChangeSchema } from '../../shared/contracts/local-api.ts';
import { CopyButton } from '../../shared-ui/CopyButton.tsx';
import { useText } from '../../shared-ui/text-context.tsx';
import { WrappingButton } from '../../shared-ui/WrappingButton.tsx';
import type { Failure } from '../transport/local-client.ts';
import classes from './OtherKey.module.css';

/**
 * After a sign-in that another signing key of the hub stopped: both fingerprints, and the way to trust the offered one,
 * open only to a person who says that they compared it (docs/delivery.md section 3). Nothing for other failures.
 */
export function OtherKey({
  failure,
  onTrust,
}: {
  readonly failure: Failure;
  readonly onTrust: (fingerprint: string) => void;
}) {
  const { t } = useText();
  const [compared, setCompared] = useState(false);
  if (failure.kind !== 'refused' || failure.error.code !== 'conflict') return null;
  const change = hubKeyChangeSchema.safeParse(failure.error.details).data;
  const offered = change?.offered[0];
  if (change === undefined || offered === undefined) return null;
  return (
    <div className={classes.change}>
      <dl className={classes.keys}>
        <Fingerprints title={t('account.keyPinned')} prints={change.pinned} />
        <Fingerprints title={t('account.keyOffered')} prints={change.offered} />
      </dl>
      <Checkbox
        checked={compared}
        label={t('account.keyCompared')}
        onChange={(event) => setCompared(event.currentTarget.checked)}
      />
      <WrappingButton variant="default" disabled={!compared} onClick={() => onTrust(offered)}>
        {t('account.keyTrust')}
      </WrappingButton>
    </div>
  );
}

function Fingerprints({ title, prints }: { readonly title: string; readonly prints: readonly string[] }) {
  const { t } = useText();
  return (
    <div>
      <dt>{title}</dt>
      {prints.map((print) => (
        <dd key={print}>
          <code dir="ltr">{print}</code>
          <CopyButton text={() => print} label={t('account.keyCopy', { fingerprint: print })} />
        </dd>
      ))}
    </div>
  );
}
