import { Button } from '@mantine/core';
import Upload from 'lucide-react/icons/upload';
import { useRef } from 'react';

/** Reads a text file that a person chooses. */
export function UploadButton({
  label,
  children,
  accept,
  onText,
}: {
  /** Name of the hidden field, for those who listen. */
  readonly label: string;
  readonly children: string;
  /** As the attribute of `<input type="file">`. */
  readonly accept: string;
  readonly onText: (text: string) => void;
}) {
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
        {children}
      </Button>
    </>
  );
}
