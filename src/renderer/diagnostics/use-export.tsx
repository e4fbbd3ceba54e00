import { Button } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import Download from 'lucide-react/icons/download';
import type { ReactNode } from 'react';
import { saveAsJson } from '../../shared-ui/save-as.ts';
import { useText } from '../../shared-ui/text-context.tsx';
import { useAgent } from '../agent/agent-context.tsx';
import type { Failure } from '../transport/local-client.ts';

/** Everything about this machine that somebody needs who shall find out what is wrong, as a file without secrets. */
export function useExport(): {
  readonly button: ReactNode;
  /** Why there is no file; `null` while there is no reason. */
  readonly failure: Failure | null;
} {
  const { t } = useText();
  const { client } = useAgent();
  const collecting = useMutation({ networkMode: 'always', mutationFn: () => client.diagnostics() });
  const run = async () => {
    const answer = await collecting.mutateAsync();
    if (!answer.ok) return;
    const day = answer.value.madeAt.slice(0, 10);
    saveAsJson(`mooring-diagnostics-${day}.json`, `${JSON.stringify(answer.value, null, 2)}\n`);
  };
  const answer = collecting.data;
  return {
    button: (
      <Button
        variant="default"
        size="xs"
        leftSection={<Download size={14} aria-hidden />}
        loading={collecting.isPending}
        onClick={() => void run()}
      >
        {t('diagnostics.export')}
      </Button>
    ),
    failure: answer === undefined || answer.ok ? null : answer.failure,
  };
}
