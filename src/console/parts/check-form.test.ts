import { expect, test } from 'vitest';
import { apiTokenCreationSchema, organizationChangeSchema } from '../../shared/contracts/hub-api.ts';
import { checkForm } from './check-form.ts';

const problemsOf = (checked: ReturnType<typeof checkForm>) => (checked.ok ? {} : checked.problems);

test('what is wrong with a form is said in words, with what belongs there', () => {
  const token = { role: 'editor', managesAccess: false };
  expect(problemsOf(checkForm(apiTokenCreationSchema, { ...token, name: '', days: 400 }))).toEqual({
    name: 'Enter something here.',
    days: 'Enter 366 or less.',
  });
  expect(problemsOf(checkForm(apiTokenCreationSchema, { ...token, name: 'x', days: 1.5 }))).toEqual({
    days: 'Enter a whole number.',
  });
  expect(problemsOf(checkForm(apiTokenCreationSchema, { ...token, name: 'x', days: Number.NaN }))).toEqual({
    days: 'Enter a number.',
  });
  expect(problemsOf(checkForm(organizationChangeSchema, { refreshSeconds: 9 }))).toEqual({
    refreshSeconds: 'Enter 10 or more.',
  });
});

test('a schema’s own words come first', () => {
  const checked = checkForm(organizationChangeSchema, { contact: { name: 'IT', url: 'javascript:1' } });
  expect(problemsOf(checked)).toEqual({ 'contact.url': 'This must be an http, https or mailto address.' });
});
