import { Button, FileButton } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import FileInput from 'lucide-react/icons/file-input';
import type { ReactNode } from 'react';
import { assertNever } from '../../shared/contracts/refusal.ts';
import { Notice } from '../../shared-ui/Notice.tsx';
import { useText } from '../../shared-ui/text-context.tsx';
import { AgentSays } from '../agent/AgentSays.tsx';
import { useAgent } from '../agent/agent-context.tsx';
import { FailureText } from '../agent/FailureText.tsx';
import { useRefreshResources } from '../agent/use-resource.ts';
import type { Failure } from '../transport/local-client.ts';

/** Far above any policy, and below what the agent takes in one request. */
const LIMIT_MIB = 3;

type Outcome =
  | { readonly kind: 'done'; readonly message: string }
  | { readonly kind: 'too-large' | 'not-read' }
  | { readonly kind: 'failed'; readonly failure: Failure };

/** Taking a signed bundle from a file (docs/delivery.md section 4): choosing it, and what became of it. */
export interface Importing {
  readonly busy: boolean;
  readonly outcome: Outcome | undefined;
  take(file: File): void;
}

export function useImportPolicy(): Importing {
  const { client } = useAgent();
  const refresh = useRefreshResources();
  const mutation = useMutation({
    networkMode: 'always',
    mutationFn: async (file: File): Promise<Outcome> => {
      if (file.size > LIMIT_MIB * 1024 * 1024) return { kind: 'too-large' };
      const text = await file.text().catch(() => null);
      if (text === null) return { kind: 'not-read' };
      const answer = await client.importPolicy(text.trim());
      await refresh('status', 'settings', 'policy', 'account', 'overrides');
      return answer.ok
        ? { kind: 'done', message: answer.value.message }
        : { kind: 'failed', failure: answer.failure };
    },
  });
  return { busy: mutation.isPending, outcome: mutation.data, take: (file) => mutation.mutate(file) };
}

export function ImportButton({ importing }: { readonly importing: Importing }) {
  const { t } = useText();
  return (
    <FileButton onChange={(file) => (file === null ? undefined : importing.take(file))}>
      {(props) => (
        <Button
          {...props}
          variant="default"
          size="xs"
          leftSection={<FileInput size={14} aria-hidden />}
          loading={importing.busy}
        >
          {t(importing.busy ? 'import.busy' : 'import.open')}
        </Button>
      )}
    </FileButton>
  );
}

/** Says what became of the file; nothing while there is none. */
export function ImportOutcome({ importing }: { readonly importing: Importing }) {
  const { t } = useText();
  const { outcome, busy } = importing;
  if (outcome === undefined || busy) return null;
  if (outcome.kind === 'done') {
    return (
      <Notice tone="good" live title={t('import.done')}>
        <AgentSays words={outcome.message} />
      </Notice>
    );
  }
  return (
    <Notice tone="bad" live title={t('import.refused')}>
      {whyNot(outcome)}
    </Notice>
  );

  function whyNot(failed: Exclude<Outcome, { kind: 'done' }>): ReactNode {
    switch (failed.kind) {
      case 'too-large':
        return t('import.tooLarge', { limit: LIMIT_MIB });
      case 'not-read':
        return t('import.notRead');
      case 'failed':
        return <FailureText failure={failed.failure} />;
      default:
        return assertNever(failed);
    }
  }
}
