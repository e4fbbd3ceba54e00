import { Button } from '@mantine/core';
import { type ReactNode, useState } from 'react';
import { z } from 'zod';
import { Notice } from '../../shared-ui/Notice.tsx';
import { useConsoleText } from '../console-text.tsx';
import { FailureNotice } from './FailureNotice.tsx';
import layout from './Layout.module.css';
import { useChange } from './use-change.ts';

/** Something that one press takes away, and another brings back as it was. */
export interface Taking {
  /** Where it is deleted, and put again. */
  readonly path: string;
  /** What is sent to put it again. */
  readonly back?: object;
  /** What is so once it is gone. */
  readonly said: string;
}

/** Takes things away without a question before, and says afterwards what is gone, with the way back. */
export function useTakeAway(): { readonly notice: ReactNode; take(taking: Taking): void } {
  const { t } = useConsoleText();
  const change = useChange();
  const [taken, setTaken] = useState<Taking | null>(null);
  const take = async (taking: Taking) => {
    setTaken(null);
    const answer = await change.send({ method: 'DELETE', path: taking.path, answer: z.undefined() });
    if (answer.ok) setTaken(taking);
  };
  const undo = async ({ path, back }: Taking) => {
    const answer = await change.send({
      ...{ method: 'PUT', path, answer: z.unknown() },
      ...(back === undefined ? {} : { body: back }),
    });
    if (answer.ok) setTaken(null);
  };
  const notice = (
    <div className={layout.stack}>
      {taken === null ? null : (
        <Notice
          live
          actions={
            <Button size="xs" variant="default" loading={change.busy} onClick={() => void undo(taken)}>
              {t('deleted.undo')}
            </Button>
          }
        >
          {taken.said}
        </Notice>
      )}
      <FailureNotice failure={change.failure} />
    </div>
  );
  return {
    notice: taken === null && change.failure === null ? null : notice,
    take: (taking) => void take(taking),
  };
}
