import { Button } from '@mantine/core';
import Upload from 'lucide-react/icons/upload';
import { type ReactNode, useRef, useState } from 'react';
import { Notice } from '../../shared-ui/Notice.tsx';
import { useConsoleText } from '../console-text.tsx';
import layout from './Layout.module.css';

const KIB = 1024;

/**
 * Reads a text file that a person chooses. Bytes that are not UTF-8 are refused, and never guessed at; so is what is
 * larger than `most`, of which no more is read: a browser that lays out some million lines answers to nothing else.
 */
export function UploadButton({
  label,
  children,
  accept,
  most,
  keepMark = false,
  unreadable,
  onText,
}: {
  /** Name of the hidden field, for those who listen. */
  readonly label: string;
  readonly children: string;
  /** As the attribute of `<input type="file">`. */
  readonly accept: string;
  /** As many bytes as the hub takes. */
  readonly most: number;
  /** A byte-order mark stays, for those who warn of it. */
  readonly keepMark?: boolean;
  /** What is said of a file that is too large, or not UTF-8 text; left out, that. Of a large one its beginning is given. */
  readonly unreadable?: (bytes: Uint8Array) => ReactNode;
  readonly onText: (text: string) => void;
}) {
  const { t, number } = useConsoleText();
  const [refused, setRefused] = useState<Uint8Array | null>(null);
  const read = async (file: File) => {
    // Not `file.text()`: browsers follow a mark of UTF-16 there.
    const bytes = new Uint8Array(await file.slice(0, most + 1).arrayBuffer());
    const text = bytes.length > most ? null : utf8(bytes, keepMark);
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
          {unreadable?.(refused) ?? (
            <Notice tone="bad">
              {refused.length > most
                ? t('file.tooLarge', { most: number(Math.floor(most / KIB)) })
                : t('file.notUtf8')}
            </Notice>
          )}
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
