"""Telegram: updates by webhook or long poll, replies as HTML with buttons."""
