import { Button } from '@mantine/core';
import Upload from 'lucide-react/icons/upload';
import { type ReactNode, useRef, useState } from 'react';
import { Notice } from '../../shared-ui/Notice.tsx';
import { useConsoleText } from '../console-text.tsx';
import layout from './Layout.module.css';

/** Reads a text file that a person chooses. Bytes that are not UTF-8 are refused, and never guessed at. */
export function UploadButton({
  label,
  children,
  accept,
  keepMark = false,
  unreadable,
  onText,
}: {
  /** Name of the hidden field, for those who listen. */
  readonly label: string;
  readonly children: string;
  /** As the attribute of `<input type="file">`. */
  readonly accept: string;
  /** A byte-order mark stays, for those who warn of it. */
  readonly keepMark?: boolean;
  /** What is said of a file that is not UTF-8 text; left out, that. */
  readonly unreadable?: (bytes: Uint8Array) => ReactNode;
  readonly onText: (text: string) => void;
}) {
  const { t } = useConsoleText();
  const [refused, setRefused] = useState<Uint8Array | null>(null);
  const read = async (file: File) => {
    // Not `file.text()`: browsers follow a mark of UTF-16 there.
    const bytes = new Uint8Array(await file.arrayBuffer());
    const text = utf8(bytes, keepMark);
    setRefused(text === null ? bytes : null);
    if (text !== null) onText(text);
  };
  const input = useRef<HTMLInputElement>(null);
  return (
    <>
      <input
        ref={input}
        type="file"
        className="visually-hidden"
        accept={accept}
        tabIndex={-1}
        aria-label={label}
        onChange={(event) => {
          const file = event.currentTarget.files?.[0];
          if (file !== undefined) void read(file);
          event.currentTarget.value = '';
        }}
      />
      <Button
        variant="default"
        size="xs"
        leftSection={<Upload size={14} aria-hidden />}
        onClick={() => input.current?.click()}
      >
        {children}
      </Button>
      {refused === null ? null : (
        <div className={layout.stack} role="alert">
          {unreadable?.(refused) ?? <Notice tone="bad">{t('file.notUtf8')}</Notice>}
        </div>
      )}
    </>
  );
}

function utf8(bytes: Uint8Array, keepMark: boolean): string | null {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: keepMark }).decode(bytes);
  } catch {
    return null;
  }
}
