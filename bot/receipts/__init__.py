"""Receipts: the signed reference in their QR code, the slip to print, the photo to read it from."""
