/**
 * The functions every PAC script may call, in the script's own language, run inside the sandbox before it. They see
 * the host through three values alone: `__names` (name to address, filled round by round), `__myAddress`, and
 * `__now` (the wall clock, local and UTC, because the sandbox knows no time zone). `__asked` collects the names whose
 * address was wanted and not known yet.
 *
 * Behaviour as in the PAC chapter of MDN ("Proxy Auto-Configuration (PAC) file").
 */
export const PAC_FUNCTIONS = String.raw`
'use strict';
var __asked = [];
function isPlainHostName(host) { return String(host).indexOf('.') === -1; }
function dnsDomainIs(host, domain) {
  host = String(host).toLowerCase(); domain = String(domain).toLowerCase();
  return host.length >= domain.length && host.slice(host.length - domain.length) === domain;
}
function localHostOrDomainIs(host, hostdom) {
  host = String(host).toLowerCase(); hostdom = String(hostdom).toLowerCase();
  return host === hostdom || (host.indexOf('.') === -1 && hostdom.lastIndexOf(host + '.', 0) === 0);
}
function __isAddress(text) {
  var parts = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})$/.exec(text);
  return parts !== null && parts.slice(1).every(function (part) { return Number(part) <= 255; });
}
function dnsResolve(host) {
  host = String(host).toLowerCase();
  if (__isAddress(host)) return host;
  if (Object.prototype.hasOwnProperty.call(__names, host)) return __names[host];
  if (__asked.indexOf(host) === -1) __asked.push(host);
  return null;
}
function isResolvable(host) { return dnsResolve(host) !== null; }
function convert_addr(address) {
  var parts = String(address).split('.');
  return (((parts[0] & 255) << 24) | ((parts[1] & 255) << 16) | ((parts[2] & 255) << 8) | (parts[3] & 255)) >>> 0;
}
function isInNet(host, pattern, mask) {
  var address = dnsResolve(host);
  if (address === null || !__isAddress(String(pattern)) || !__isAddress(String(mask))) return false;
  var bits = convert_addr(mask);
  return ((convert_addr(address) & bits) >>> 0) === ((convert_addr(pattern) & bits) >>> 0);
}
function myIpAddress() { return __myAddress; }
function dnsDomainLevels(host) { return String(host).split('.').length - 1; }
function shExpMatch(text, pattern) {
  text = String(text); pattern = String(pattern);
  // Two pointers instead of a regular expression: a pattern of many stars cannot run away.
  var t = 0, p = 0, star = -1, mark = 0;
  while (t < text.length) {
    if (p < pattern.length && (pattern[p] === '?' || pattern[p] === text[t]) && pattern[p] !== '*') { t++; p++; }
    else if (p < pattern.length && pattern[p] === '*') { star = p++; mark = t; }
    else if (star !== -1) { p = star + 1; t = ++mark; }
    else return false;
  }
  while (p < pattern.length && pattern[p] === '*') p++;
  return p === pattern.length;
}
function __clock(args) {
  var list = Array.prototype.slice.call(args);
  var utc = list.length > 0 && list[list.length - 1] === 'GMT';
  if (utc) list.pop();
  return { now: utc ? __now.utc : __now.local, args: list };
}
function __within(value, from, to) { return from <= to ? value >= from && value <= to : value >= from || value <= to; }
var __DAYS = ['SUN', 'MON', 'TUE', 'WED', 'THU', 'FRI', 'SAT'];
var __MONTHS = ['JAN', 'FEB', 'MAR', 'APR', 'MAY', 'JUN', 'JUL', 'AUG', 'SEP', 'OCT', 'NOV', 'DEC'];
function weekdayRange() {
  var c = __clock(arguments), from = __DAYS.indexOf(c.args[0]), to = c.args.length > 1 ? __DAYS.indexOf(c.args[1]) : from;
  return from !== -1 && to !== -1 && __within(c.now.weekday, from, to);
}
function timeRange() {
  var c = __clock(arguments), a = c.args.map(Number), n = c.now;
  var second = n.hour * 3600 + n.minute * 60 + n.second;
  if (a.length === 1) return n.hour === a[0];
  if (a.length === 2) return a[0] <= a[1] ? n.hour >= a[0] && n.hour < Math.max(a[1], a[0] + 1) : n.hour >= a[0] || n.hour < a[1];
  if (a.length === 4) return __within(second, a[0] * 3600 + a[1] * 60, a[2] * 3600 + a[3] * 60 + 59);
  if (a.length === 6) return __within(second, a[0] * 3600 + a[1] * 60 + a[2], a[3] * 3600 + a[4] * 60 + a[5]);
  return false;
}
function __datePart(value) {
  if (__MONTHS.indexOf(value) !== -1) return { unit: 'month', value: __MONTHS.indexOf(value) };
  var number = Number(value);
  return number > 31 ? { unit: 'year', value: number } : { unit: 'day', value: number };
}
function dateRange() {
  var c = __clock(arguments), parts = c.args.map(__datePart), n = c.now;
  if (parts.length === 0 || parts.length > 6) return false;
  if (parts.length === 1) return n[parts[0].unit] === parts[0].value;
  var half = parts.length / 2;
  if (half !== Math.floor(half)) return false;
  var weight = { year: 10000, month: 100, day: 1 };
  var sum = function (list) { return list.reduce(function (total, part) { return total + part.value * weight[part.unit]; }, 0); };
  var from = parts.slice(0, half), to = parts.slice(half);
  var value = from.reduce(function (total, part) { return total + n[part.unit] * weight[part.unit]; }, 0);
  return __within(value, sum(from), sum(to));
}
function alert() {}
`;
