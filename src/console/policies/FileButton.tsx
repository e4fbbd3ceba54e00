import { Button } from '@mantine/core';
import Upload from 'lucide-react/icons/upload';
import { useRef } from 'react';
import { useConsoleText } from '../console-text.tsx';

/** Reads a text file that a person chooses. */
export function FileButton({ onText }: { readonly onText: (text: string) => void }) {
  const { t } = useConsoleText();
  const input = useRef<HTMLInputElement>(null);
  return (
    <>
      <input
        ref={input}
        type="file"
        className="visually-hidden"
        accept=".json,application/json"
        tabIndex={-1}
        aria-label={t('policies.file')}
        onChange={(event) => {
          const file = event.currentTarget.files?.[0];
          if (file !== undefined) void file.text().then(onText);
          event.currentTarget.value = '';
        }}
      />
      <Button
        variant="default"
        size="xs"
        leftSection={<Upload size={14} aria-hidden />}
        onClick={() => input.current?.click()}
      >
        {t('policies.chooseFile')}
      </Button>
    </>
  );
}
